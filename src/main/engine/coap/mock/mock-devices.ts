import type { MockDevice, MockDeviceState, MockDeviceStatus, TriedRequest, TryRequest } from '../../../../shared/contract/mock-devices.ts';
import type { RpcNodeLog } from '../../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import type { NodeCaller } from '../../rpc/index.ts';
import { deviceProblem } from './check-device.ts';
import { deviceIdOf } from './device-functions.ts';
import { MockDeviceActor, type MockDeviceOptions } from './mock-device.ts';

export interface MockDevicesOptions extends Omit<MockDeviceOptions, 'onChange'> {
  readonly devices: readonly MockDevice[];
}

/** All mock devices of the workspace. */
export interface MockDevices {
  statuses(): readonly MockDeviceStatus[];
  /** `null`: there is no such device. */
  log(id: string): RpcNodeLog | null;
  clearLog(id: string): void;
  /** `null`: there is no such device. */
  state(id: string): MockDeviceState | null;
  setState(id: string, path: string, state: JsonValue): void;
  reset(id: string): void;
  /** Adds it, or puts it in the place of the one with its id. */
  save(device: MockDevice): void;
  remove(id: string): Promise<void>;
  start(id: string): void;
  stop(id: string): Promise<void>;
  tryRequest(asked: TryRequest, signal: AbortSignal): Promise<TriedRequest>;
  /** For calls of scripts; `null`: it names no mock device. Throws `not-found`, or `invalid-state` when it is not running. */
  caller(node: string): NodeCaller | null;
  /** A broker or connection may have come up or gone down. */
  readonly sourcesChanged: () => void;
  /** Told of changes of statuses, states and logs. */
  readonly changed: Notifier;
  close(): Promise<void>;
}

export function createMockDevices(options: MockDevicesOptions): MockDevices {
  const changed = createNotifier();
  const actors = new Map<string, MockDeviceActor>();
  const add = (device: MockDevice): void => {
    // What was written by hand and cannot be used waits stopped, until it is saved once more.
    const usable = deviceProblem(device) ? { ...device, autoStart: false } : device;
    actors.set(device.id, new MockDeviceActor(usable, { ...options, onChange: changed.notify }));
  };
  const find = (id: string): MockDeviceActor => {
    const actor = actors.get(id);
    if (!actor) throw new CodedError('not-found', 'That mock device does not exist (any more).');
    return actor;
  };
  for (const device of options.devices) add(device);

  return {
    statuses() {
      const all = [...actors.values()];
      return all.map((actor) => withTwins(actor, all));
    },
    log: (id) => actors.get(id)?.log.view() ?? null,
    clearLog: (id) => find(id).log.clear(),
    state: (id) => actors.get(id)?.state() ?? null,
    setState(id, path, state) {
      const problem = find(id).setState(path, state);
      if (problem === 'unknown') throw new CodedError('not-found', 'There is no such resource (any more).');
      if (problem === 'full') throw new CodedError('payload-too-large', 'The states of all resources together are too large.', { advice: 'Reset the device.' });
    },
    reset: (id) => find(id).reset(),
    save(device) {
      const actor = actors.get(device.id);
      if (actor) actor.update(device);
      else {
        add(device);
        find(device.id).sourceChanged();
      }
      changed.notify();
    },
    async remove(id) {
      await find(id).close();
      actors.delete(id);
      changed.notify();
    },
    start(id) {
      const actor = find(id);
      const problem = deviceProblem(actor.device);
      if (problem) throw new CodedError(problem.code, problem.message, { advice: problem.advice });
      actor.start();
    },
    stop: (id) => find(id).stop(),
    tryRequest: async ({ id, ...asked }, signal) => find(id).tryRequest(asked, signal),
    caller(node) {
      const id = deviceIdOf(node);
      return id === null ? null : find(id).caller();
    },
    sourcesChanged() {
      for (const actor of actors.values()) actor.sourceChanged();
    },
    changed,
    async close() {
      await Promise.all([...actors.values()].map((actor) => actor.close()));
    },
  };
}

/** Of two devices with one tag on one source, both answer each request. */
function withTwins(actor: MockDeviceActor, all: readonly MockDeviceActor[]): MockDeviceStatus {
  const status = actor.status();
  const { source, tag, namespace, subsystems, id } = actor.device;
  if (source === null) return status;
  const twin = all.find(({ device }) => {
    const isSame = device.id !== id && device.source === source && device.tag === tag && device.namespace === namespace;
    return isSame && (subsystems.length === 0 || device.subsystems.length === 0 || subsystems.some((one) => device.subsystems.includes(one)));
  });
  return twin ? { ...status, warnings: [...status.warnings, `"${twin.device.name}" has the same tag: when both run, requests are answered twice.`] } : status;
}
