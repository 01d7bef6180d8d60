import type { KeptMethod } from '../../../../shared/contract/rpc-schemas.ts';
import type { RpcMethodId } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';

const maxKept = 5000;
const maxPinned = 10;
const maxExampleBytes = 8192;
/** Of all of it, as JSON. */
const maxBytes = 8 * 1024 * 1024;

export interface KeptMethodsFile {
  list(): readonly KeptMethod[];
  /** Rejects with `workspace-unwritable`. */
  save(methods: readonly KeptMethod[]): Promise<void>;
}

type Change = Partial<Omit<KeptMethod, keyof RpcMethodId>>;

/** What is kept of methods over restarts. What cannot be written is in use all the same, and rejects. */
export class KeptMethods {
  readonly #file: KeptMethodsFile;
  readonly #kept = new Map<string, KeptMethod>();
  #bytes = 0;

  constructor(file: KeptMethodsFile) {
    this.#file = file;
    for (const method of file.list().slice(0, maxKept)) this.#put(method);
  }

  list(): readonly KeptMethod[] {
    return [...this.#kept.values()];
  }

  find(id: RpcMethodId): KeptMethod | undefined {
    return this.#kept.get(keyOf(id));
  }

  /** Throws `invalid-state` when there is no room. */
  checkRoom(id: RpcMethodId, change: Change): void {
    const before = this.find(id);
    if (!before && this.#kept.size >= maxKept) throw noRoom(`${maxKept} methods are kept`);
    if (this.#bytes + sizeOf(changed(id, before, change)) - (before ? sizeOf(before) : 0) > maxBytes) throw noRoom('schemas and examples of 8 MiB are kept');
  }

  /** Rejects with `invalid-state` when there is no room. */
  async change(id: RpcMethodId, change: Change): Promise<KeptMethod> {
    this.checkRoom(id, change);
    const next = changed(id, this.find(id), change);
    this.#put(next);
    await this.#save();
    return next;
  }

  /** Throws `invalid-state` beyond 10 examples of a method, `bad-input` for one that is too long. */
  pin(id: RpcMethodId, example: KeptMethod['pinned'][number], pinned: boolean): Promise<KeptMethod> {
    const text = JSON.stringify(example);
    const others = (this.find(id)?.pinned ?? []).filter((other) => JSON.stringify(other) !== text);
    if (pinned && text.length > maxExampleBytes) throw new CodedError('bad-input', 'This example is too long to be kept: 8 KiB at most.');
    if (pinned && others.length >= maxPinned)
      throw new CodedError('invalid-state', `No more than ${maxPinned} examples of a method can be pinned.`, { advice: 'Unpin some first.' });
    return this.change(id, { pinned: pinned ? [...others, example] : others });
  }

  /** With `method` left out, the service and all its methods. */
  forget({
    source,
    dialect,
    topic,
    method,
  }: { readonly source: SourceId } & Pick<RpcMethodId, 'dialect' | 'topic'> & { readonly method?: string | undefined }): Promise<void> {
    return this.#drop((kept) => kept.source === source && kept.dialect === dialect && kept.topic === topic && (method === undefined || kept.method === method));
  }

  drop(source: SourceId): Promise<void> {
    return this.#drop((kept) => kept.source === source);
  }

  #drop(goes: (kept: KeptMethod) => boolean): Promise<void> {
    const going = [...this.#kept].filter(([, kept]) => goes(kept));
    if (going.length === 0) return Promise.resolve();
    for (const [key, kept] of going) {
      this.#kept.delete(key);
      this.#bytes -= sizeOf(kept);
    }
    return this.#save();
  }

  #put(method: KeptMethod): void {
    const key = keyOf(method);
    const before = this.#kept.get(key);
    if (before) this.#bytes -= sizeOf(before);
    const isNothing = !method.addedByHand && method.pinned.length === 0 && method.paramsSchema === undefined && method.resultSchema === undefined;
    if (isNothing) {
      this.#kept.delete(key);
      return;
    }
    this.#kept.set(key, method);
    this.#bytes += sizeOf(method);
  }

  #save(): Promise<void> {
    return this.#file.save(this.list());
  }
}

function changed({ source, dialect, topic, method }: RpcMethodId, before: KeptMethod | undefined, change: Change): KeptMethod {
  return { addedByHand: false, pinned: [], ...before, ...change, source, dialect, topic, method };
}

const keyOf = ({ source, dialect, topic, method }: RpcMethodId): string => JSON.stringify([source, dialect, topic, method]);
const sizeOf = (method: KeptMethod): number => JSON.stringify(method).length;

function noRoom(what: string): CodedError {
  return new CodedError('invalid-state', `No more than ${what}.`, { advice: 'Forget some methods that were added by hand, or unlock and unpin some, first.' });
}
