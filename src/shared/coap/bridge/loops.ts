import type { ToCoapBridge, ToMqttBridge } from '../../contract/coap-bridges.ts';
import { parseCoapUri } from '../udp/uri.ts';

/**
 * Whether a request that the one bridge carries to CoAP is carried back by the other to the same device, for ever: `always`, or `sometimes`, as the path
 * of the request decides. `port`: where the other one really listens. `isHere`: an address of this machine.
 */
export function circleOf(
  { source, namespace, tag, subsystems, target }: ToCoapBridge,
  back: ToMqttBridge,
  port: number,
  isHere: (host: string) => boolean,
): 'always' | 'sometimes' | 'never' {
  const parsed = parseCoapUri(target);
  if ('problem' in parsed || back.source !== source || back.namespace !== namespace) return 'never';
  const { host, port: targetPort, path } = parsed.uri;
  if (targetPort !== port || !listensAt(back.host, host, isHere)) return 'never';
  const [first, second] = path.filter((segment) => segment !== '');
  const device = back.device ?? (first === undefined ? null : { subsystem: first, tag: second });
  if (!device || device.tag === undefined) return 'sometimes';
  return device.tag === tag && (subsystems.length === 0 || subsystems.includes(device.subsystem)) ? 'always' : 'never';
}

function listensAt(listening: string, asked: string, isHere: (host: string) => boolean): boolean {
  const host = nameless(asked);
  if (listening === '0.0.0.0' || listening === '::') return isHere(host);
  return nameless(listening) === host || (asked.toLowerCase() === 'localhost' && listening === '::1');
}

const nameless = (host: string): string => (host.toLowerCase() === 'localhost' ? '127.0.0.1' : host.toLowerCase());
