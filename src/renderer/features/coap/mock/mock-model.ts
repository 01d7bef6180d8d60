import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { MockDevice, MockDeviceStatus, MockMethodName } from '../../../../shared/contract/mock-devices.ts';
import { useStreamValue } from '../../../data/index.ts';
import { guardUnsaved } from '../../common/index.ts';
import type { ResourceDraft } from './resource-draft.ts';

export type DeviceTab = 'resources' | 'log' | 'settings';
export type DeviceSettings = Omit<MockDevice, 'id' | 'resources'>;

/** What the page holds of one device beside what the engine says; it waits while another one is looked at. */
export interface DeviceState {
  readonly tab: DeviceTab;
  /** Path of the resource that is shown, as it is saved. */
  readonly path: string | null;
  readonly method: MockMethodName;
  /** By saved path. */
  readonly drafts: Readonly<Record<string, ResourceDraft>>;
  readonly settings: DeviceSettings | null;
}

interface MockState {
  readonly selected: string | null;
  readonly devices: Readonly<Record<string, DeviceState>>;
}

const fresh: DeviceState = { tab: 'resources', path: null, method: 'GET', drafts: {}, settings: null };

const store = createStore<MockState>(() => ({ selected: null, devices: {} }));

export const selectDevice = (id: string | null): void => store.setState({ selected: id });

export function setDevice(id: string, part: Partial<DeviceState>): void {
  store.setState(({ devices }) => ({ devices: { ...devices, [id]: { ...(devices[id] ?? fresh), ...part } } }));
}

export function setDraft(id: string, path: string, draft: ResourceDraft | null): void {
  const { [path]: _before, ...others } = (store.getState().devices[id] ?? fresh).drafts;
  setDevice(id, { drafts: draft === null ? others : { ...others, [path]: draft } });
}

export const forgetDevice = (id: string): void => store.setState(({ devices: { [id]: _gone, ...devices } }) => ({ devices }));

export const useSelectedDevice = (): string | null => useStore(store, ({ selected }) => selected);
export const useDeviceState = (id: string): DeviceState => useStore(store, ({ devices }) => devices[id] ?? fresh);
export const useIsUnsaved = (id: string): boolean =>
  useStore(store, ({ devices }) => Object.keys(devices[id]?.drafts ?? {}).length > 0 || (devices[id]?.settings ?? null) !== null);

/** As they are saved; `undefined` until the first answer. */
export const useMockDevices = (): readonly MockDevice[] | undefined => useStreamValue('mockDevices.watch', undefined)?.devices;
export const useMockStatuses = (): readonly MockDeviceStatus[] | undefined => useStreamValue('mockDevices.statuses', undefined)?.statuses;

export const isOn = (status: MockDeviceStatus | undefined): boolean =>
  (status?.mqtt && status.mqtt.phase !== 'stopped' && status.mqtt.phase !== 'failed') ||
  status?.udp?.phase === 'running' ||
  status?.udp?.phase === 'starting' ||
  false;

guardUnsaved(() => Object.values(store.getState().devices).some(({ drafts, settings }) => settings !== null || Object.keys(drafts).length > 0));
