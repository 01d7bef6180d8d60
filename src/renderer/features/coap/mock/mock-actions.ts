import type { MockDevice, MockResource } from '../../../../shared/contract/mock-devices.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { act, copyName, newId, plural } from '../../common/index.ts';
import { forgetDevice, selectDevice, setDevice, setDraft } from './mock-model.ts';
import { freePath, newResource } from './resource-draft.ts';

const save = (device: MockDevice, failed: string): Promise<boolean> => act(engineClient().call('mockDevices.save', device), failed);

/** One that works at once: a resource with a state, on the local broker. */
export async function addDevice(others: readonly MockDevice[], source: SourceId): Promise<void> {
  const number = others.length + 1;
  const tag = others.some((one) => one.tag === 'MOCK_1') ? `MOCK_${number}_${newId().slice(0, 4)}` : 'MOCK_1';
  const resource: MockResource = { ...newResource('gains'), description: 'An example: PUT a value, and GET it back.', state: [0, 1, 2] };
  const device: MockDevice = {
    ...{ id: newId(), name: `Mock device ${number}`, tag, namespace: 'gf_int_v1', subsystems: [], source, clientId: '', udp: null },
    ...{ maxBodyBytes: 65_536, autoStart: false, resources: [resource] },
  };
  if (!(await save(device, 'The device could not be made'))) return;
  selectDevice(device.id);
  await startDevice(device.id);
}

export async function duplicateDevice(device: MockDevice, others: readonly MockDevice[]): Promise<void> {
  const name = copyName(
    device.name,
    others.map((other) => other.name),
  );
  const copy = { ...device, id: newId(), name, tag: `${device.tag}_COPY`, autoStart: false };
  if (await save(copy, 'The device could not be copied')) selectDevice(copy.id);
}

/** Removes a device; it can be taken back. */
export async function removeDevice(device: MockDevice, wasOn: boolean): Promise<void> {
  if (!(await act(engineClient().call('mockDevices.remove', { id: device.id }), 'The device could not be deleted'))) return;
  forgetDevice(device.id);
  const back = async (): Promise<void> => {
    if (!(await save(device, 'The device could not be restored'))) return;
    selectDevice(device.id);
    if (wasOn) await startDevice(device.id);
  };
  toasts.show({ title: `Device “${device.name}” deleted`, action: { label: 'Undo', run: () => void back() } });
}

export const startDevice = (id: string): Promise<boolean> => act(engineClient().call('mockDevices.start', { id }), 'The device could not be started');
export const stopDevice = (id: string): Promise<boolean> => act(engineClient().call('mockDevices.stop', { id }), 'The device could not be stopped');
/** Starts or stops several devices; one message for all that failed. */
export async function switchDevices(ids: readonly string[], on: boolean): Promise<void> {
  const method = on ? 'mockDevices.start' : 'mockDevices.stop';
  const outcomes = await Promise.allSettled(ids.map((id) => engineClient().call(method, { id })));
  const problems = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (problems.length > 0) showError(problems[0], `${problems.length} of ${plural(ids.length, 'device')} could not be ${on ? 'started' : 'stopped'}`);
}

export const clearLog = (id: string): Promise<boolean> => act(engineClient().call('mockDevices.clearLog', { id }), 'The log could not be cleared');

export async function resetDevice({ id, name }: MockDevice): Promise<void> {
  const text = 'Every resource gets its first state back; what requests have created is gone.';
  if (await confirm({ title: `Reset “${name}”?`, text, action: 'Reset', danger: true }))
    await act(engineClient().call('mockDevices.reset', { id }), 'The device could not be reset');
}

export async function setState(id: string, path: string, state: MockResource['state']): Promise<boolean> {
  return act(engineClient().call('mockDevices.setState', { id, path, state }), 'The state could not be set');
}

export async function saveSettings(device: MockDevice): Promise<void> {
  if (await save(device, 'The settings could not be saved')) setDevice(device.id, { settings: null });
}

/** `savedPath`: under which it was saved until now. */
export async function saveResource(device: MockDevice, savedPath: string, resource: MockResource): Promise<void> {
  const resources = device.resources.map((one) => (one.path === savedPath ? resource : one));
  if (!(await save({ ...device, resources }, 'The resource could not be saved'))) return;
  setDraft(device.id, savedPath, null);
  setDevice(device.id, { path: resource.path });
}

export async function addResource(device: MockDevice): Promise<void> {
  const resource = newResource(freePath(device, 'resource'));
  if (await save({ ...device, resources: [...device.resources, resource] }, 'The resource could not be added')) setDevice(device.id, { path: resource.path });
}

export async function removeResource(device: MockDevice, resource: MockResource): Promise<void> {
  if (!(await save({ ...device, resources: device.resources.filter((one) => one !== resource) }, 'The resource could not be deleted'))) return;
  setDraft(device.id, resource.path, null);
  toasts.show({
    title: `Resource “/${normalPath(resource.path)}” deleted`,
    action: { label: 'Undo', run: () => void save(device, 'The resource could not be restored') },
  });
}

/** Answers whether a device was made. */
export async function deviceFromTraffic(source: SourceId, topic: string): Promise<boolean> {
  const make = async (): Promise<void> => {
    const { device, used, leftOut } = await engineClient().call('mockDevices.fromTraffic', { source, topic });
    await engineClient().call('mockDevices.save', device);
    selectDevice(device.id);
    const left = leftOut === 0 ? '' : `; ${plural(leftOut, 'call')} could not be used`;
    toasts.show({ title: `Made from ${plural(used, 'call')}: ${plural(device.resources.length, 'resource')}${left}` });
  };
  return act(make(), 'The device could not be made');
}
