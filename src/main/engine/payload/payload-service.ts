import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageDetail } from '../../../shared/contract/messages.ts';
import type {
  CodecView,
  PayloadCodecs,
  PayloadReading,
  PayloadView,
  PayloadWriting,
  SchemaFileView,
  StoredCodecRule,
} from '../../../shared/contract/payload.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { validateTopicFilter } from '../../../shared/mqtt/topic-filter.ts';
import { codecFor } from '../../../shared/payload/codec-binding.ts';
import { codecs, resolveCodec, type CodecNames } from '../../../shared/payload/codec-registry.ts';
import type { CodecParams } from '../../../shared/payload/codec.ts';
import { autoCodec, type DecodeOutcome } from '../../../shared/payload/run-codec.ts';
import { createNotifier, type Notifier } from '../notifier.ts';
import { openSchemaFiles } from './schemas/schema-files.ts';
import { placeOf } from './schemas/schema-problem.ts';
import { createPayloadThread, type PayloadThread } from './worker/payload-thread.ts';

/** What the page shows at once, and what a message can have that is published here. */
const maxDecodedBytes = 20_971_520;
const maxRules = 2000;

interface DecodeInput {
  readonly source: SourceId;
  readonly topic: string;
  /** The id of a message of the history, or its bytes. */
  readonly message: number | Uint8Array;
  readonly contentType?: string | undefined;
  readonly codec?: ChosenCodec | undefined;
}

interface ChosenCodec {
  readonly name: string;
  readonly params: CodecParams;
}

export interface PayloadService {
  readonly changed: Notifier;
  readonly codecs: () => readonly CodecView[];
  view(): PayloadView;
  saveRule(rule: StoredCodecRule): Promise<void>;
  removeRule(id: string): Promise<void>;
  saveNames(names: CodecNames): Promise<void>;
  decode(input: DecodeInput, signal?: AbortSignal): Promise<PayloadReading>;
  encode(input: { readonly topic: string; readonly codec: ChosenCodec; readonly text: string }, signal?: AbortSignal): Promise<PayloadWriting>;
  /** A connection is removed: so are its rules. */
  forgetSource(source: SourceId): Promise<void>;
  readSchema(name: string): Promise<{ readonly text: string }>;
  saveSchema(name: string, text: string): Promise<SchemaFileView>;
  removeSchema(name: string): Promise<void>;
  close(): void;
}

export interface PayloadServiceOptions {
  readonly workspaceFolder: string;
  readonly kept: { readonly get: () => PayloadCodecs; readonly save: (codecs: PayloadCodecs) => Promise<void> };
  readonly message: (id: number, maxBytes: number) => Promise<MessageDetail | null>;
  readonly thread?: PayloadThread;
}

/** Codecs for payloads: which is used for what, and reading and writing with it. Asked only for what somebody looks at. */
export function createPayloadService({ workspaceFolder, kept, message, thread = createPayloadThread() }: PayloadServiceOptions): PayloadService {
  const rulesChanged = createNotifier();
  let schemas: readonly SchemaFileView[] = [];
  let checkProblem: string | null = null;
  const files = openSchemaFiles(workspaceFolder, async (texts) => {
    thread.setSchemas(texts);
    checkProblem = null;
    // Without schemas there is no need for a thread yet.
    if (texts.size === 0) {
      schemas = [];
      return;
    }
    schemas = await thread.run({ kind: 'schemas' }).catch((error: unknown) => {
      checkProblem = `The schemas cannot be checked: ${error instanceof Error ? error.message : String(error)}`;
      return [];
    });
  });
  // Once is enough to begin with; whoever looks at them has them followed.
  let opened: Promise<void> | undefined;
  const open = (): Promise<void> => (opened ??= files.refresh());
  const save = (codecs: PayloadCodecs): Promise<void> => {
    const saved = kept.save(codecs);
    rulesChanged.notify();
    return saved;
  };
  const check = ({ name, params }: ChosenCodec, names: CodecNames = kept.get().names): void => {
    if (name === autoCodec) return;
    const resolved = resolveCodec(name, params, names);
    if ('problem' in resolved) throw new CodedError('bad-input', resolved.problem);
  };

  const bytesOf = async (input: DecodeInput): Promise<{ readonly bytes: Uint8Array; readonly contentType: string | undefined }> => {
    if (typeof input.message !== 'number') return { bytes: input.message, contentType: input.contentType };
    const detail = await message(input.message, maxDecodedBytes);
    if (!detail) throw new CodedError('not-found', 'That message is not in the history (any more).');
    if (detail.payload.length < detail.sizeBytes) throw new CodedError('payload-too-large', 'Payloads of more than 20 MiB are shown as bytes only.');
    return { bytes: detail.payload, contentType: input.contentType ?? detail.properties?.contentType };
  };

  return {
    changed: {
      notify: rulesChanged.notify,
      subscribe(listener) {
        const stops = [rulesChanged.subscribe(listener), files.changed.subscribe(listener)];
        return () => stops.forEach((stop) => stop());
      },
    },
    codecs: () => codecs.map(({ name, title, help, params }) => ({ name, title, help, params, readOnly: name === 'noop' || name === 'image' })),
    view: () => ({ ...kept.get(), schemas, schemasProblem: files.problem() ?? checkProblem }),
    async saveRule(rule) {
      const problem = rule.filter === null ? null : validateTopicFilter(rule.filter);
      if (problem) throw new CodedError('bad-input', problem.message, { advice: problem.advice });
      if (rule.subscription && (rule.filter === null || rule.source === null))
        throw new CodedError('bad-input', 'The rule of a subscription has a connection and a filter.');
      check({ name: rule.codec, params: rule.params });
      const { rules, names } = kept.get();
      const isSame = ({ source, filter, subscription }: StoredCodecRule): boolean =>
        source === rule.source && filter === rule.filter && subscription === rule.subscription;
      const others = rules.filter((one) => one.id === rule.id || !isSame(one));
      const at = others.findIndex(({ id }) => id === rule.id);
      if (at < 0 && others.length >= maxRules)
        throw new CodedError('invalid-state', `No more than ${maxRules} rules can be kept.`, { advice: 'Remove some first.' });
      await save({ names, rules: at < 0 ? [...others, rule] : others.with(at, rule) });
    },
    async removeRule(id) {
      const { rules, names } = kept.get();
      if (rules.some((rule) => rule.id === id)) await save({ names, rules: rules.filter((rule) => rule.id !== id) });
    },
    async forgetSource(source) {
      const { rules, names } = kept.get();
      const left = rules.filter((rule) => rule.source !== source);
      if (left.length < rules.length) await save({ names, rules: left });
    },
    async saveNames(names) {
      for (const name of Object.keys(names)) {
        if (name === autoCodec) throw new CodedError('bad-input', `"${autoCodec}" cannot be the name of a codec.`);
        check({ name, params: {} }, names);
      }
      await save({ rules: kept.get().rules, names });
    },
    async decode(input, signal) {
      const { rules, names } = kept.get();
      const chosen = input.codec ? null : codecFor(rules, input.source, input.topic);
      const { name: codec, params } = input.codec ?? (chosen ? { name: chosen.rule.codec, params: chosen.rule.params } : { name: autoCodec, params: {} });
      const { bytes, contentType } = await bytesOf(input);
      await open();
      const facts = { topic: input.topic, contentType };
      const outcome = await thread.run({ kind: 'decode', bytes, codec, params, names, facts }, signal);
      return toReading(outcome, {
        chosenBy: outcome.why !== null ? 'found' : input.codec ? 'asked' : 'rule',
        ruleId: chosen?.rule.id ?? null,
        why: outcome.why ?? chosen?.why ?? null,
        bytes,
      });
    },
    async encode({ topic, codec, text }, signal) {
      await open();
      const result = await thread.run({ kind: 'encode', text, codec: codec.name, params: codec.params, names: kept.get().names, facts: { topic } }, signal);
      if ('bytes' in result) return { bytes: result.bytes };
      const { reason, at } = result.failure;
      return { problem: { reason, ...(at === null ? { line: null, column: null } : placeOf(text, at)) } };
    },
    readSchema: async (name) => ({ text: await files.read(name) }),
    async saveSchema(name, text) {
      await files.save(name, text);
      const view = schemas.find((one) => one.name === name);
      if (view) return view;
      throw new CodedError('invalid-state', files.problem() ?? checkProblem ?? `${name} was removed meanwhile.`);
    },
    removeSchema: (name) => files.remove(name),
    close() {
      files.close();
      thread.close();
    },
  };
}

type Chosen = Pick<PayloadReading, 'chosenBy' | 'ruleId' | 'why'> & { readonly bytes: Uint8Array };

function toReading(outcome: DecodeOutcome, { bytes, ...chosen }: Chosen): PayloadReading {
  const { codec } = outcome;
  if ('failure' in outcome) return { ...chosen, codec, shown: { kind: 'bytes', bytes: null }, notes: [], failure: outcome.failure };
  const { decoded, notes } = outcome;
  // The page has the bytes of the payload already; the thread answers with a copy of them.
  const isPayload = decoded.kind === 'bytes' && decoded.bytes.length === bytes.length && Buffer.compare(decoded.bytes, bytes) === 0;
  return { ...chosen, codec, shown: isPayload ? { kind: 'bytes', bytes: null } : decoded, notes, failure: null };
}
