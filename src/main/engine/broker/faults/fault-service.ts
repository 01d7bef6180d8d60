import {
  mostFaultProfiles,
  type FaultFile,
  type FaultReport,
  type FaultView,
  type HeldFault,
  type TurnOnFault,
} from '../../../../shared/contract/broker-faults.ts';
import type { BrokerPhase } from '../../../../shared/contract/broker.ts';
import type { FaultConfig, FaultProfile } from '../../../../shared/broker/faults/fault-rules.ts';
import { isPreset } from '../../../../shared/broker/faults/fault-presets.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';

export interface FaultServiceOptions {
  /** As the workspace has it; `save` rejects with `workspace-unwritable`, and what it was given counts all the same. */
  readonly file: { readonly read: () => FaultFile; readonly save: (file: FaultFile) => Promise<void> };
  readonly broker: {
    setFaults(config: FaultConfig): Promise<void>;
    faultReport(): FaultReport;
    clients(): readonly { readonly clientId: string; readonly username: string | null }[];
  };
  /** With this user name the workbench's own clients log in. */
  readonly ownUsername: string;
  readonly now: () => number;
  readonly newId: () => string;
}

/** The faults of the local broker as its user sees them: profiles that are saved, and what is on. */
export interface FaultService {
  view(): FaultView;
  report(): FaultReport;
  turnOn(input: TurnOnFault): Promise<string>;
  /** Absent: all of them. */
  turnOff(id?: string): Promise<void>;
  saveProfile(profile: FaultProfile): Promise<void>;
  removeProfile(id: string): Promise<void>;
  setCurlMode(listener: string, on: boolean): Promise<void>;
  /** Faults end with the broker, but for those that are kept. */
  brokerIs(phase: BrokerPhase): void;
  readonly changed: Notifier;
}

/** What may be on at once. */
const mostActive = 50;

export function createFaultService(options: FaultServiceOptions): FaultService {
  return new Service(options);
}

class Service implements FaultService {
  readonly changed = createNotifier();
  readonly #options: FaultServiceOptions;
  #profiles: readonly FaultProfile[];
  #active: readonly HeldFault[];
  #curlListeners: readonly string[];
  #phase: BrokerPhase = 'stopped';

  constructor(options: FaultServiceOptions) {
    this.#options = options;
    const { profiles, kept, curlListeners } = options.file.read();
    this.#profiles = profiles;
    this.#active = kept;
    this.#curlListeners = curlListeners;
    if (kept.length > 0 || curlListeners.length > 0) void this.#apply();
  }

  view(): FaultView {
    const ownClients = this.#options.broker
      .clients()
      .filter(({ username }) => username === this.#options.ownUsername)
      .map(({ clientId }) => clientId);
    return { profiles: this.#profiles, active: this.#active, curlListeners: this.#curlListeners, ownClients };
  }

  report(): FaultReport {
    return this.#options.broker.faultReport();
  }

  async turnOn({ profile, scope, includeOwn, keep }: TurnOnFault): Promise<string> {
    if (this.#active.length >= mostActive)
      throw new CodedError('invalid-state', `No more than ${mostActive} faults can be on at once.`, { advice: 'End some first.' });
    const id = this.#options.newId();
    this.#active = [...this.#active, { id, profile, scope, includeOwn, keep, since: this.#options.now() }];
    await this.#changed(keep);
    return id;
  }

  async turnOff(id?: string): Promise<void> {
    const ended = this.#active.filter((one) => id === undefined || one.id === id);
    const curl = id === undefined && this.#curlListeners.length > 0;
    if (ended.length === 0 && !curl) return;
    this.#active = this.#active.filter((one) => !ended.includes(one));
    if (curl) this.#curlListeners = [];
    await this.#changed(curl || ended.some(({ keep }) => keep));
  }

  async saveProfile(profile: FaultProfile): Promise<void> {
    if (isPreset(profile)) throw new CodedError('bad-input', 'The profiles that come with the workbench stay as they are.', { advice: 'Save a copy of it.' });
    const at = this.#profiles.findIndex(({ id }) => id === profile.id);
    if (at < 0 && this.#profiles.length >= mostFaultProfiles)
      throw new CodedError('invalid-state', `No more than ${mostFaultProfiles} profiles can be kept.`, { advice: 'Delete some first.' });
    this.#profiles = at < 0 ? [...this.#profiles, profile] : this.#profiles.with(at, profile);
    this.#active = this.#active.map((one) => (one.profile.id === profile.id ? { ...one, profile } : one));
    await this.#changed(true);
  }

  async removeProfile(id: string): Promise<void> {
    if (!this.#profiles.some((one) => one.id === id)) throw new CodedError('not-found', 'There is no such profile (any more).');
    this.#profiles = this.#profiles.filter((one) => one.id !== id);
    await this.#changed(true);
  }

  async setCurlMode(listener: string, on: boolean): Promise<void> {
    const others = this.#curlListeners.filter((one) => one !== listener);
    this.#curlListeners = on ? [...others, listener] : others;
    await this.#changed(true);
  }

  brokerIs(phase: BrokerPhase): void {
    const hasStopped = phase === 'stopped' && this.#phase !== 'stopped';
    this.#phase = phase;
    if (!hasStopped || this.#active.every(({ keep }) => keep)) return;
    this.#active = this.#active.filter(({ keep }) => keep);
    this.changed.notify();
    void this.#apply();
  }

  /** In effect even when it cannot be written; the failure is told afterwards. */
  async #changed(isSaved: boolean): Promise<void> {
    this.changed.notify();
    const writing = isSaved ? this.#save().then(noFailure, toFailure) : null;
    await this.#apply();
    const failure = await writing;
    if (failure) throw failure.error;
  }

  #save(): Promise<void> {
    const file = { profiles: [...this.#profiles], kept: this.#active.filter(({ keep }) => keep), curlListeners: [...this.#curlListeners] };
    return this.#options.file.save(file);
  }

  async #apply(): Promise<void> {
    const active = this.#active.map(({ id, profile, scope, includeOwn }) => ({ id, profile, scope, includeOwn }));
    await this.#options.broker.setFaults({ active, curlListeners: this.#curlListeners });
  }
}

const noFailure = (): null => null;
const toFailure = (error: unknown): { readonly error: unknown } => ({ error });
