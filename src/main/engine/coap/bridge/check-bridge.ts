import type { CoapBridge } from '../../../../shared/contract/coap-bridges.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import { parseCoapUri } from '../../../../shared/coap/udp/uri.ts';
import { isMulticast } from '../../../../shared/coap/udp/multicast-address.ts';

type BridgeProblem = Problem & { readonly code: 'bad-input' };

/** What keeps a bridge from being used, beside the form that its schema checks; files of the workspace may be written by hand. */
export function bridgeProblem(bridge: CoapBridge): BridgeProblem | null {
  const bad = (message: string, advice: string): BridgeProblem => ({ code: 'bad-input', message, advice });
  const devices =
    bridge.direction === 'to-coap'
      ? [topicPartProblem('The tag', bridge.tag), ...bridge.subsystems.map((one) => topicPartProblem('A subsystem', one))]
      : bridge.device
        ? [topicPartProblem('The tag', bridge.device.tag), topicPartProblem('The subsystem', bridge.device.subsystem)]
        : [];
  const part = [namespaceProblem(bridge.namespace), ...devices].find((problem) => problem !== null);
  if (part) return bad(part, 'Use letters, digits, "_" and "-".');
  if (bridge.direction === 'to-mqtt')
    return isMulticast(bridge.host) ? bad(`${bridge.host} is a multicast address.`, 'Listen on an address of this machine.') : null;
  const parsed = parseCoapUri(bridge.target);
  if ('problem' in parsed) return bad(parsed.problem, parsed.advice);
  if (isMulticast(parsed.uri.host))
    return bad(`${parsed.uri.host} is a multicast address, for all servers of a network at once.`, 'A bridge carries to one server: give its address.');
  return null;
}
