// Our core in a thread of its own with one feature, to be compared with the bare core.
import { parentPort, workerData } from 'node:worker_threads';
import { AccessControl, openAccessConfig } from '../../../../src/main/engine/broker/access/access-control.ts';
import { BrokerHandlers } from '../../../../src/main/engine/broker/handlers/broker-handlers.ts';
import { openLocalBroker, type LocalBrokerExtras } from '../../../../src/main/engine/broker/local-broker.ts';
import { createScripts } from '../../../../src/main/engine/scripts/index.ts';
import { openAccess } from '../../../../src/shared/contract/broker-access.ts';
import { handlerSchema } from '../../../../src/shared/contract/broker-handlers.ts';
import { defaultBrokerLimits, type BrokerLimits } from '../../../../src/shared/mqtt/broker-limits.ts';
import type { CostName } from './running-broker.ts';

/** All but the last say nothing to the clients of the bench, which are asked about each of them the first time. */
function access(count: number): LocalBrokerExtras {
  const others = Array.from({ length: Math.max(0, count - 1) }, (_, at) => ({
    effect: at % 2 === 0 ? ('allow' as const) : ('deny' as const),
    action: 'both' as const,
    filter: at % 3 === 0 ? `site/${at}/+/state` : at % 3 === 1 ? `devices/%c/${at}/#` : `plant/${at}/#`,
  }));
  const rules = count === 0 ? [] : [...others, { effect: 'allow' as const, action: 'both' as const, filter: 'bench/#' }];
  return { access: new AccessControl({ ...openAccessConfig(), settings: { ...openAccess, rules, otherwise: count === 0 ? 'allow' : 'deny' } }) };
}

function handler(pattern: string, observe: boolean, source: string): LocalBrokerExtras {
  const scripts = createScripts({
    onBug: (error) => {
      throw error;
    },
  });
  const handlers = new BrokerHandlers({ scripts, now: Date.now });
  handlers.set([handlerSchema.parse({ id: 'bench', name: 'bench', on: 'publish', pattern, observe, source })]);
  return { handlers };
}

/** None of them is ever reached. */
const limits: BrokerLimits = {
  ...defaultBrokerLimits,
  maximumConnections: 100_000,
  maximumConnectionsPerAddress: 100_000,
  connectsPerSecond: 100_000,
  messagesPerSecond: 100_000_000,
  whenTooFast: 'wait',
  subscriptionsPerMinute: 1_000_000,
  maximumPayloadBytes: 1_000_000,
};

const extras: Readonly<Record<CostName, () => LocalBrokerExtras>> = {
  'bare core': () => ({}),
  'access, 0 rules': () => access(0),
  'access, 10 rules': () => access(10),
  'access, 1,000 rules': () => access(1000),
  'limits on': () => ({}),
  'handler elsewhere': () => handler('other/#', false, 'export const handle = () => undefined;'),
  'handler observes': () => handler('bench/#', true, 'let seen = 0;\nexport const handle = () => {\n  seen += 1;\n};'),
  'handler changes': () => handler('bench/#', false, 'export const handle = ({ bytes }) => ({ payload: bytes.map((byte) => byte ^ 1) });'),
};

const name = workerData as CostName;
const broker = await openLocalBroker(
  { engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null, ...(name === 'limits on' ? { limits } : {}) },
  extras[name](),
);
parentPort?.postMessage(broker.listeners[0]?.port);
