import type { CoapBridge, ToCoapBridge, ToMqttBridge } from '../../../../shared/contract/coap-bridges.ts';
import { namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import { isMulticast } from '../../../../shared/coap/udp/multicast-address.ts';
import { parseCoapUri } from '../../../../shared/coap/udp/uri.ts';

const common = { source: 'broker', namespace: 'gf_int_v1', maxBodyBytes: 65_536, maxInFlight: 32, autoStart: false } as const;

/** The first of `PREFIX_1`, `PREFIX_2` … that is free. */
function freeName(prefix: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) if (!taken.has(`${prefix}${number}`)) return `${prefix}${number}`;
}

/** One that works where a server listens on the usual port of this machine. */
export function newToCoap(id: string, others: readonly CoapBridge[]): ToCoapBridge {
  const names = new Set(others.map(({ name }) => name));
  const tags = new Set(others.flatMap((other) => (other.direction === 'to-coap' ? [other.tag] : [])));
  return {
    ...common,
    ...{ id, direction: 'to-coap', name: freeName('CoAP server ', names), tag: freeName('COAP_', tags), subsystems: [], clientId: '' },
    ...{ target: 'coap://127.0.0.1:5683', type: 'CON', nstart: 1, timeoutMs: 4500 },
  };
}

/** On the usual port, or the next one that no other bridge has. */
export function newToMqtt(id: string, others: readonly CoapBridge[]): ToMqttBridge {
  const names = new Set(others.map(({ name }) => name));
  const ports = new Set(others.flatMap((other) => (other.direction === 'to-mqtt' ? [other.port] : [])));
  let port = 5683;
  while (ports.has(port)) port += 1;
  return {
    ...common,
    ...{ id, direction: 'to-mqtt', name: freeName('Devices over UDP ', names), host: '127.0.0.1', port, device: null },
    ...{ methodAs: 'word', qos: 0, timeoutMs: 5000 },
  };
}

export interface BridgeProblems {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly tag?: string | undefined;
  readonly subsystem?: string | undefined;
  readonly target?: string | undefined;
  readonly host?: string | undefined;
}

export function draftProblems(draft: CoapBridge): BridgeProblems {
  const common: BridgeProblems = {
    name: draft.name.trim() === '' ? 'Give the bridge a name.' : undefined,
    namespace: namespaceProblem(draft.namespace) ?? undefined,
  };
  if (draft.direction === 'to-mqtt') {
    const { device, host } = draft;
    return {
      ...common,
      host: host.trim() === '' ? 'Enter an address of this machine.' : undefined,
      subsystem: (device && topicPartProblem('The subsystem', device.subsystem)) ?? undefined,
      tag: (device && topicPartProblem('The tag', device.tag)) ?? undefined,
    };
  }
  return {
    ...common,
    tag: topicPartProblem('The tag', draft.tag) ?? undefined,
    subsystem: draft.subsystems.map((one) => topicPartProblem('A subsystem', one)).find((problem) => problem !== null) ?? undefined,
    target: targetProblem(draft.target),
  };
}

function targetProblem(target: string): string | undefined {
  const parsed = parseCoapUri(target);
  if ('problem' in parsed) return `${parsed.problem} ${parsed.advice}`;
  return isMulticast(parsed.uri.host) ? 'A bridge carries to one server: this address is one of a group.' : undefined;
}
