import type { Intercept as InterceptOptions, InterceptConnections, InterceptStatus } from '../../../../shared/contract/broker-intercepts.ts';
import { noFaults, type FaultConfig } from '../../../../shared/broker/faults/fault-rules.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { InterceptFeed } from './packet-feed.ts';
import type { FindLabFiles } from '../../broker/index.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import { remoteAccess, type RemoteOptions } from '../remote-access.ts';
import { Intercept, type InterceptParts } from './intercept.ts';

/** Of packets that have not come whole, for the connections of all intercepts together. */
const heldBytes = 64 * 1024 * 1024;

export interface InterceptsOptions extends RemoteOptions {
  readonly intercepts: readonly InterceptOptions[];
  /** The stored password that CONNECT is to say. */
  readonly password: (id: string) => Promise<string | undefined>;
  readonly labFiles?: FindLabFiles;
  /** Unix ms. */
  readonly now: () => number;
  /** `id` of the records is 0. */
  readonly onMessages: (id: string, records: MessageRecord[]) => void;
  /** Makes the packets of an intercept available; returns what takes them away. */
  readonly offerPackets?: (source: PacketsOffer) => () => void;
}

interface PacketsOffer {
  readonly id: `intercept:${string}`;
  readonly name: () => string;
  readonly follow: (onFeed: (feed: InterceptFeed) => void) => () => void;
}

/** All intercepts of the workspace. */
export interface Intercepts {
  statuses(): readonly InterceptStatus[];
  /** `null`: there is no such intercept. */
  connections(id: string): InterceptConnections | null;
  /** Adds it, or puts it in the place of the one with its id; one that runs opens anew. */
  save(intercept: InterceptOptions): Promise<void>;
  remove(id: string): void;
  start(id: string): Promise<void>;
  stop(id: string): void;
  endConnection(id: string, number: number): void;
  /** The faults of the local broker are others. */
  setFaults(config: FaultConfig): void;
  readonly changed: Notifier;
  close(): void;
}

export function createIntercepts(options: InterceptsOptions): Intercepts {
  const changed = createNotifier();
  let faults: FaultConfig = noFaults;
  const offers = new Map<string, () => void>();
  const parts: InterceptParts = {
    access: ({ remote }) => remoteAccess(remote, options),
    password: ({ id }) => options.password(id),
    labFiles: options.labFiles,
    now: options.now,
    onMessages: ({ id }, records) => options.onMessages(id, records),
    onChange: changed.notify,
    faults: () => faults,
    budget: { left: heldBytes },
  };
  const all = new Map<string, Intercept>();
  const find = (id: string): Intercept => {
    const found = all.get(id);
    if (!found) throw new CodedError('not-found', 'That intercept does not exist (any more).');
    return found;
  };
  const add = (intercept: InterceptOptions): Intercept => {
    const { id } = intercept;
    const before = all.get(id);
    const made = new Intercept(intercept, parts, before?.packets);
    all.set(id, made);
    // Another name is told by another offer; one that is recorded goes on as it is.
    if (before !== undefined && before.options.name !== intercept.name && !before.packets.isFollowed) {
      offers.get(id)?.();
      offers.delete(id);
    }
    if (!offers.has(id)) {
      const offered = options.offerPackets?.({
        id: `intercept:${id}`,
        name: () => all.get(id)?.options.name ?? '',
        follow: (onFeed) => made.packets.follow(onFeed),
      });
      if (offered) offers.set(id, offered);
    }
    return made;
  };
  for (const intercept of options.intercepts) {
    const made = add(intercept);
    // Why it fails stands in its status.
    if (intercept.autoStart) made.start().catch(() => undefined);
  }

  return {
    statuses: () => [...all.values()].map((one) => one.status()),
    connections: (id) => all.get(id)?.connections() ?? null,
    async save(intercept) {
      const before = all.get(intercept.id);
      const wasOn = before !== undefined && before.status().phase !== 'stopped';
      before?.stop();
      const made = add(intercept);
      changed.notify();
      // Why it fails stands in its status.
      if (wasOn) await made.start().catch(() => undefined);
    },
    remove(id) {
      find(id).stop();
      offers.get(id)?.();
      offers.delete(id);
      all.delete(id);
      changed.notify();
    },
    start: (id) => find(id).start(),
    stop: (id) => find(id).stop(),
    endConnection: (id, number) => find(id).endConnection(number),
    setFaults(config) {
      faults = config;
      for (const one of all.values()) one.faultsChanged();
    },
    changed,
    close() {
      for (const one of all.values()) one.stop();
    },
  };
}
