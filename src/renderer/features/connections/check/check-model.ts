import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { ConnectionCheck } from '../../../../shared/contract/connection-check.ts';
import type { ConnectionProfile, ConnectionSecretChanges } from '../../../../shared/contract/connection-profile.ts';
import { engineClient } from '../../../data/index.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';

export interface CheckInput {
  readonly profile: ConnectionProfile;
  readonly secrets?: ConnectionSecretChanges;
}

/** What is to be tried beside connecting; empty: nothing. */
export interface Probe {
  readonly subscribe: string;
  readonly publish: string;
}

export interface CheckState {
  readonly check: ConnectionCheck | null;
  readonly running: boolean;
  /** Why the check itself could not go on. */
  readonly error: CodedError | null;
  readonly probe: Probe;
}

const none: CheckState = { check: null, running: false, error: null, probe: { subscribe: '', publish: '' } };
const store = createStore<{ readonly byId: Readonly<Record<string, CheckState>> }>(() => ({ byId: {} }));
const closers = new Map<string, () => void>();

function change(id: string, part: Partial<CheckState>): void {
  store.setState(({ byId }) => ({ byId: { ...byId, [id]: { ...(byId[id] ?? none), ...part } } }));
}

export const useCheck = (id: string): CheckState => useStore(store, ({ byId }) => byId[id] ?? none);

export const setProbe = (id: string, probe: Probe): void => change(id, { probe });

/** Walks the way to the broker of a profile, as it is written now. */
export function startCheck({ profile, secrets }: CheckInput): void {
  const { id } = profile;
  closers.get(id)?.();
  const { subscribe, publish } = store.getState().byId[id]?.probe ?? none.probe;
  const probe = { ...(subscribe === '' ? {} : { subscribe }), ...(publish === '' ? {} : { publish }) };
  change(id, { check: null, running: true, error: null });
  const end = (error: CodedError | null): void => {
    closers.delete(id);
    change(id, { running: false, error });
  };
  const close = engineClient().stream(
    'connections.check',
    { profile, ...(secrets && { secrets }), probe },
    {
      item: (check) => change(id, { check }),
      // A check that was begun again by itself would connect to the broker without having been asked to.
      restart() {
        close();
        end(new CodedError('disconnected'));
      },
      end: (error) => end(error ?? null),
    },
  );
  closers.set(id, close);
}

export function cancelCheck(id: string): void {
  closers.get(id)?.();
  closers.delete(id);
  const { check } = store.getState().byId[id] ?? none;
  const steps = check?.steps.map((step) => (step.state === 'running' ? { ...step, state: 'waiting' as const } : step));
  change(id, { running: false, check: check && steps ? { ...check, steps, done: true } : null });
}
