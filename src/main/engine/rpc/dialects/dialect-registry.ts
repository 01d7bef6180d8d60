import type { RpcDialect } from '../../../../shared/contract/rpc-dialects.ts';
import type { DialectId } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { customDialect, type CustomDialect, type CustomTopic } from '../../../../shared/rpc/custom.ts';
import type { Dialect } from '../../../../shared/rpc/dialect.ts';
import { dialects as builtIn } from '../../../../shared/rpc/dialects.ts';

/** Topics whose forms are remembered, and the longest of them. */
const maxTopics = 10_000;
const maxTopicLength = 256;

/** A dialect of the user in which a message on a topic can be. */
export interface OwnCandidate {
  readonly id: DialectId;
  readonly topic: CustomTopic;
}

interface OwnDialect {
  readonly id: DialectId;
  readonly described: RpcDialect;
  readonly dialect: CustomDialect;
}

const none: readonly OwnCandidate[] = [];

/** The dialects there are: the four, and those of the user. */
export class DialectRegistry {
  #own: readonly OwnDialect[] = [];
  /** Those that are, and those that were removed: what was seen of them can still be read. */
  readonly #compiled = new Map<DialectId, CustomDialect>();
  /** By topic: which of the own dialects it can belong to. */
  readonly #topics = new Map<string, readonly OwnCandidate[]>();

  constructor(own: readonly RpcDialect[] = []) {
    this.setOwn(own);
  }

  setOwn(own: readonly RpcDialect[]): void {
    const before = new Map(this.#own.map((one) => [one.described, one]));
    this.#own = own.map((described) => before.get(described) ?? { id: `custom:${described.id}`, described, dialect: customDialect(described.profile) });
    for (const { id, dialect } of this.#own) this.#compiled.set(id, dialect);
    this.#topics.clear();
  }

  /** For reading; `undefined`: there never was one. */
  find(id: DialectId): Dialect | undefined {
    return builtIn.get(id) ?? this.#compiled.get(id);
  }

  /** For calling. Throws `not-found`. */
  get(id: DialectId): Dialect {
    const known = builtIn.get(id) ?? this.#own.find((own) => own.id === id)?.dialect;
    if (known) return known;
    throw new CodedError('not-found', `The dialect "${id.slice('custom:'.length)}" does not exist (any more).`, {
      advice: 'Choose another dialect, or describe it again.',
    });
  }

  /** The own dialects whose topics have this form. Remembered by topic, so that it costs about nothing. */
  candidates(topic: string): readonly OwnCandidate[] {
    if (this.#own.length === 0) return none;
    const known = this.#topics.get(topic);
    if (known) return known;
    const found: OwnCandidate[] = [];
    for (const { id, dialect } of this.#own) {
      const read = dialect.readTopic(topic);
      if (read) found.push({ id, topic: read });
    }
    const candidates = found.length === 0 ? none : found;
    if (topic.length > maxTopicLength) return candidates;
    if (this.#topics.size >= maxTopics) this.#topics.clear();
    this.#topics.set(topic, candidates);
    return candidates;
  }

  /** By a look at the bytes: which of the candidates a message can be of. */
  plausible(topic: string, payload: Uint8Array): readonly OwnCandidate[] {
    const candidates = this.candidates(topic);
    return candidates.length === 0 ? none : candidates.filter((candidate) => this.#compiled.get(candidate.id)?.mayBe(candidate.topic, payload));
  }
}
