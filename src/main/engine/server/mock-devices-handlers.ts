import { randomUUID } from 'node:crypto';
import type { MockDevice, mockDevicesContract } from '../../../shared/contract/mock-devices.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { deviceProblem, recordedDevice } from '../coap/index.ts';
import { sendSnapshots, whenNewItems } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

const maxDevices = 200;
/** `Valve 2` before `Valve 10`. */
const byName = new Intl.Collator(undefined, { numeric: true });
const maxBytes = 16 * 1024 * 1024;

export function mockDevicesHandlers({ mockDevices, workspace, callHistory }: Services): Handlers<typeof mockDevicesContract> {
  const saved = workspace.mockDevices;
  const find = (id: string): MockDevice => {
    const device = saved.list().find((one) => one.id === id);
    if (!device) throw new CodedError('not-found', 'That mock device does not exist (any more).');
    return device;
  };
  const check = (device: MockDevice): void => {
    const problem = deviceProblem(device);
    if (problem) throw new CodedError(problem.code, problem.message, { advice: problem.advice });
    const others = saved.list().filter(({ id }) => id !== device.id);
    if (others.length >= maxDevices)
      throw new CodedError('invalid-state', `No more than ${maxDevices} mock devices can be kept.`, { advice: 'Delete some first.' });
    const bytes = [device, ...others].reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0);
    if (bytes > maxBytes)
      throw new CodedError('payload-too-large', 'All mock devices together are too large to be kept (16 MiB at most).', { advice: 'Delete some.' });
  };

  return {
    'mockDevices.watch'(_input, sink) {
      const read = whenNewItems(() => saved.list().toSorted((one, other) => byName.compare(one.name, other.name)));
      const readView = (): { readonly devices: readonly MockDevice[] } | undefined => {
        const devices = read();
        return devices && { devices };
      };
      return sendSnapshots(sink, readView, mockDevices.changed.subscribe);
    },
    'mockDevices.statuses': (_input, sink) => sendSnapshots(sink, () => ({ statuses: mockDevices.statuses() }), mockDevices.changed.subscribe),
    'mockDevices.log'({ id }, sink) {
      find(id);
      return sendSnapshots(sink, () => mockDevices.log(id) ?? undefined, mockDevices.changed.subscribe);
    },
    'mockDevices.clearLog'({ id }) {
      find(id);
      mockDevices.clearLog(id);
    },
    'mockDevices.state'({ id }, sink) {
      find(id);
      return sendSnapshots(sink, () => mockDevices.state(id) ?? undefined, mockDevices.changed.subscribe);
    },
    'mockDevices.setState': ({ id, path, state }) => mockDevices.setState(id, path, state),
    'mockDevices.tryRequest': (asked, { signal }) => mockDevices.tryRequest(asked, signal),
    'mockDevices.reset': ({ id }) => mockDevices.reset(id),
    async 'mockDevices.save'(device) {
      check(device);
      const saving = saved.save(device);
      // What was changed is in use even when it could not be written; the failure is told afterwards.
      if (saved.list().includes(device)) mockDevices.save(device);
      await saving;
    },
    async 'mockDevices.remove'({ id }) {
      find(id);
      await mockDevices.remove(id);
      const removing = saved.remove(id);
      mockDevices.changed.notify();
      await removing;
    },
    'mockDevices.start'({ id }) {
      find(id);
      mockDevices.start(id);
    },
    async 'mockDevices.stop'({ id }) {
      find(id);
      await mockDevices.stop(id);
    },
    async 'mockDevices.fromTraffic'({ source, topic }, { signal }) {
      const calls = callHistory.each({ source, dialect: 'gf', topic }, signal);
      const recorded = await recordedDevice({ source, topic, id: `mock-${randomUUID().slice(0, 8)}` }, calls);
      if (recorded) return recorded;
      const advice = 'Send the device some requests first, or look whether the source records its topics.';
      throw new CodedError('not-found', 'No response of that device was seen.', { advice });
    },
  };
}
