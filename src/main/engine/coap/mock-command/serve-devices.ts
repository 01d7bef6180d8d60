import { randomUUID } from 'node:crypto';
import type { MockDevice, MockDeviceStatus } from '../../../../shared/contract/mock-devices.ts';
import type { RpcNodeLogLine } from '../../../../shared/contract/rpc-nodes.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createRpcService, DialectRegistry, openOwnSession, type LinkPlan, type NodeSessions } from '../../rpc/index.ts';
import { createScripts } from '../../scripts/index.ts';
import { createMockDevices, type MockDevices } from '../mock/index.ts';

const source = 'connection:mock';

export interface ServedDevices {
  readonly devices: MockDevices;
  close(): Promise<void>;
}

interface ServeOptions {
  readonly devices: readonly MockDevice[];
  readonly link: LinkPlan | null;
  readonly onLine: (device: MockDevice, line: Omit<RpcNodeLogLine, 'times'>) => void;
}

/** With sessions of their own at one broker, and without anything of a workspace. */
export function serveDevices({ devices: given, link, onLine }: ServeOptions): ServedDevices {
  const now = Date.now;
  const clock = (): number => performance.now();
  const scripts = createScripts({ onBug });
  const dialects = new DialectRegistry([]);
  const sessions: NodeSessions = {
    state: () => ({ phase: 'up' }),
    open(node, hooks) {
      if (!link) throw new Error('No device takes requests over MQTT.');
      return openOwnSession(
        { link: { ...link, clientId: node.clientId }, nowUs: () => now() * 1000, onTraffic: (records) => rpc.ingest(source, records) },
        hooks,
      );
    },
  };
  const rpc = createRpcService({
    ...{ now, clock, newId: randomUUID, dialects, onBug },
    sessions: {
      open() {
        throw new CodedError('not-connected');
      },
      close: () => Promise.resolve(),
    },
    nodeCaller(id) {
      const caller = devices.caller(id);
      if (!caller) throw new CodedError('not-found');
      return caller;
    },
  });
  const byId = new Map(given.map((device) => [device.id, device]));
  const devices = createMockDevices({
    ...{ sessions, dialects, scripts, now, clock, random: Math.random, newId: randomUUID, onBug },
    devices: given.map((device) => ({ ...device, autoStart: false })),
    calls: { start: (input, observer) => rpc.start(input, observer), cancel: (id) => rpc.cancel(id) },
    onLine(id, line) {
      const device = byId.get(id);
      if (device) onLine(device, line);
    },
  });
  return {
    devices,
    async close() {
      await Promise.all([rpc.close(), devices.close(), scripts.close()]);
      rpc.end();
    },
  };
}

/** How a device is wanted: at the broker of the command line, where there is one, and on its UDP port. */
export function placed(device: MockDevice, link: LinkPlan | null, udp: MockDevice['udp'] | undefined): MockDevice {
  const clientId = device.clientId === '' ? device.tag : device.clientId;
  return { ...device, source: link ? source : null, clientId, udp: udp === undefined ? device.udp : udp };
}

/** `waiting`: it goes on trying. */
export type Serving = 'no' | 'yes' | 'waiting' | { readonly failed: Problem };

/** Of one of the two ways. */
export function servingOf(way: MockDeviceStatus['mqtt'] | MockDeviceStatus['udp']): Serving {
  switch (way?.phase) {
    case undefined:
    case 'running':
      return 'yes';
    case 'waiting':
      return 'waiting';
    case 'failed':
      return { failed: way?.problem ?? { code: 'internal', message: 'It failed.' } };
    default:
      return 'no';
  }
}

/** Ends the program, with what it is. */
function onBug(error: unknown): never {
  throw error;
}
