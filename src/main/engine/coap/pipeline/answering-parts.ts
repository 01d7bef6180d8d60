import type { CoapBridge, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { GfPipeline } from '../../../../shared/contract/coap-pipeline.ts';
import type { MockDevice, MockDeviceStatus } from '../../../../shared/contract/mock-devices.ts';
import type { RpcNode, RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import { matchesPattern } from '../../../../shared/coap/gf/pipeline-match.ts';

/** Something of the workbench, beside handlers, that answers requests to a device now. */
export interface AnsweringPart {
  /** `Mock device “Pump”`. */
  readonly what: string;
  readonly source: SourceId;
  /** Of its requests, without the id; levels may be `+`. */
  readonly topic: string;
}

interface Answering {
  readonly devices: readonly MockDevice[];
  readonly deviceStatuses: readonly MockDeviceStatus[];
  readonly nodes: readonly RpcNode[];
  readonly nodeStatuses: readonly RpcNodeStatus[];
  readonly bridges: readonly CoapBridge[];
  readonly bridgeStatuses: readonly CoapBridgeStatus[];
  /** Tag of the demo device while it runs. */
  readonly demoDevice: string | null;
}

export function answeringParts({ devices, deviceStatuses, nodes, nodeStatuses, bridges, bridgeStatuses, demoDevice }: Answering): readonly AnsweringPart[] {
  const runs = (phase: RpcNodeStatus['phase'] | undefined): boolean => phase !== undefined && phase !== 'stopped' && phase !== 'failed';
  return [
    ...(demoDevice === null ? [] : [{ what: 'The demo device', source: 'broker' as const, topic: `gf_int_v1/demo/request/${demoDevice}` }]),
    ...devices.flatMap(({ id, name, source, namespace, tag, subsystems }) => {
      const status = deviceStatuses.find((one) => one.id === id)?.mqtt;
      return source !== null && runs(status?.phase) ? asDevice(`Mock device “${name}”`, source, namespace, subsystems, tag) : [];
    }),
    ...bridges.flatMap((bridge) => {
      if (bridge.direction !== 'to-coap' || !runs(bridgeStatuses.find(({ id }) => id === bridge.id)?.phase)) return [];
      return asDevice(`Bridge “${bridge.name}”`, bridge.source, bridge.namespace, bridge.subsystems, bridge.tag);
    }),
    ...nodes.flatMap(({ id, name, dialect, source, topic }) =>
      (dialect === 'gf' || dialect === 'auto') && runs(nodeStatuses.find((one) => one.id === id)?.phase) ? [{ what: `RPC node “${name}”`, source, topic }] : [],
    ),
  ];
}

function asDevice(what: string, source: SourceId, namespace: string, subsystems: readonly string[], tag: string): AnsweringPart[] {
  return (subsystems.length === 0 ? ['+'] : subsystems).map((subsystem) => ({ what, source, topic: `${namespace}/${subsystem}/request/${tag}` }));
}

const maxTold = 10;

/** Sentences about who answers the same requests as the handlers of a pipeline: nobody decides between them, and callers take the first response. */
export function twinWarnings({ source, namespace, device, handlers }: GfPipeline, parts: readonly AnsweringPart[]): string[] {
  const answering = handlers.filter(({ enabled, kind, transform }) => enabled && kind === 'request' && transform.kind === 'script');
  const found = parts.flatMap((part) => {
    const [, space, subsystem = '', tag = ''] = /^(.+)\/([^/]+)\/request\/([^/]+)$/.exec(part.topic) ?? [];
    if (part.source !== source || space !== namespace || (device !== '' && tag !== '+' && tag !== device)) return [];
    const both = answering.filter(({ match }) => fits(match.device, device === '' ? tag : device) && fits(match.subsystem, subsystem));
    if (both.length === 0) return [];
    const names = both.map(({ name }) => `“${name}”`).join(', ');
    return [`${part.what} answers requests to ${tag === '+' ? 'every device' : tag} as well as ${names}: callers take whichever response comes first.`];
  });
  return found.length > maxTold ? [...found.slice(0, maxTold), `${found.length - maxTold} more answer the same requests.`] : found;
}

const fits = (pattern: string, level: string): boolean => pattern === '' || level === '+' || matchesPattern(pattern, level);
