import type { KeptMethod } from '../../../../shared/contract/rpc-schemas.ts';
import type { JsonSchema, RpcMethodId } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MethodEntry } from '../methods/method-entry.ts';
import { KeptMethods, type KeptMethodsFile } from './kept-methods.ts';
import type { SchemaJudge } from './schema-judge.ts';

export interface MethodKeeperOptions {
  readonly file: KeptMethodsFile;
  readonly judge: SchemaJudge;
  /** The method, made known if it is not; `null`: there is no room. */
  readonly entryOf: (id: RpcMethodId) => MethodEntry | null;
  readonly growService: (id: RpcMethodId) => void;
  readonly onChange: () => void;
}

const byHand = { addedByHand: true } as const;

/** What the user keeps of methods, in the file and in the methods themselves. */
export class MethodKeeper {
  readonly #options: MethodKeeperOptions;
  readonly #kept: KeptMethods;

  constructor(options: MethodKeeperOptions) {
    this.#options = options;
    this.#kept = new KeptMethods(options.file);
    for (const kept of this.#kept.list()) this.#restore(kept);
  }

  /** Rejects with `bad-input` what cannot be locked, and with `workspace-unwritable`. */
  async setSchema(id: RpcMethodId, of: 'params' | 'result', schema: JsonSchema | null): Promise<void> {
    const problem = schema && (await this.#options.judge.tryOut(schema));
    if (problem !== null) throw new CodedError('bad-input', problem, { advice: 'The schema was not locked.' });
    const member = of === 'params' ? 'paramsSchema' : 'resultSchema';
    await this.#after(id, this.#kept.change(id, { [member]: schema ?? undefined }));
  }

  pin(id: RpcMethodId, example: KeptMethod['pinned'][number], pinned: boolean): Promise<void> {
    return this.#after(id, this.#kept.pin(id, example, pinned));
  }

  resetCounts(id: RpcMethodId): void {
    this.#options.entryOf(id)?.resetCounts();
    this.#options.onChange();
  }

  /** Throws `invalid-state` when one added by hand would be gone after a restart. */
  checkRoom(id: RpcMethodId): void {
    this.#kept.checkRoom(id, byHand);
  }

  /** That it was added by hand, after `checkRoom`. What cannot be written, the workspace complains of. */
  added(id: RpcMethodId): void {
    this.#kept.change(id, byHand).catch(() => undefined);
  }

  forget(what: Parameters<KeptMethods['forget']>[0]): void {
    this.#kept.forget(what).catch(() => undefined);
  }

  drop(source: SourceId): void {
    this.#kept.drop(source).catch(() => undefined);
  }

  /** What could not be written is in use all the same. */
  async #after(id: RpcMethodId, change: Promise<KeptMethod>): Promise<void> {
    try {
      await change;
    } finally {
      this.#options.entryOf(id)?.keep(this.#kept.find(id));
      this.#options.onChange();
    }
  }

  #restore(kept: KeptMethod): void {
    if (kept.method === '' && kept.dialect !== 'mqtt5') this.#options.growService(kept);
    else this.#options.entryOf(kept)?.keep(kept);
  }
}
