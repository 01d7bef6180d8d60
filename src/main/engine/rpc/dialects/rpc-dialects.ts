import type { DialectCheck, RpcDialect } from '../../../../shared/contract/rpc-dialects.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import type { RecordFiles } from '../../workspace/index.ts';
import { checkProfile, type ProfileSamples } from './check-profile.ts';
import { DialectRegistry } from './dialect-registry.ts';

const maxDialects = 50;

/** The dialects of the user: kept in the workspace, and in use at once. */
export interface RpcDialects {
  readonly registry: DialectRegistry;
  readonly changed: Notifier;
  list(): readonly RpcDialect[];
  save(dialect: RpcDialect): Promise<void>;
  remove(id: string): Promise<void>;
  test(profile: unknown, samples: ProfileSamples): DialectCheck;
}

export function createRpcDialects(files: RecordFiles<RpcDialect>, newId: () => string): RpcDialects {
  const registry = new DialectRegistry(files.list());
  const changed = createNotifier();
  const list = (): readonly RpcDialect[] => files.list().toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  /** What could not be written is in use all the same. */
  const afterwards = async (change: Promise<void>): Promise<void> => {
    try {
      await change;
    } finally {
      registry.setOwn(files.list());
      changed.notify();
    }
  };
  return {
    registry,
    changed,
    list,
    async save(dialect) {
      const known = files.list();
      if (known.length >= maxDialects && !known.some(({ id }) => id === dialect.id))
        throw new CodedError('invalid-state', `No more than ${maxDialects} dialects can be kept.`, { advice: 'Delete some first.' });
      await afterwards(files.save(dialect));
    },
    remove: (id) => afterwards(files.remove(id)),
    test: (profile, samples) => checkProfile(profile, samples, newId()),
  };
}
