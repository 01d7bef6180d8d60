import { randomUUID } from 'node:crypto';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import type { PublishMessage } from '../../../shared/contract/publish-message.ts';
import type { PublishedRow, PublishLines, PublishOnce, PublishRepeat } from '../../../shared/contract/publishing.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { readJsonText } from '../../../shared/rpc/json-payload.ts';
import { publishScope } from '../../../shared/publishing/publish-scope.ts';
import { newCounter } from '../collections/index.ts';
import type { Environments } from '../environments/index.ts';
import type { Notifier } from '../notifier.ts';
import type { PayloadService } from '../payload/index.ts';
import { checkPublish } from './check-message.ts';
import { guardManyRetained, publishGuards } from './guards.ts';
import { bytesOf, makeMessage } from './make-message.ts';
import { openPublishedHistory, type PublishedHistory } from './published-history.ts';
import { createPublishRuns, type PublishRuns } from './publish-runs.ts';
import { readLines, type FileLine } from './read-lines.ts';
import type { MessageSender, OutgoingMessage } from './send-message.ts';

/** Lines that are looked through before other work gets its turn. */
const slice = 500;

export interface PublishingOptions {
  readonly sender: MessageSender;
  readonly profiles: () => readonly ConnectionProfile[];
  readonly environments: Pick<Environments, 'activeVariables'>;
  readonly encode: PayloadService['encode'];
  readonly historyFile: string;
  /** Unix ms. */
  readonly now: () => number;
  /** ms, never goes back. */
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onBug: (error: unknown) => void;
}

/** What a person publishes: filled in, once, again and again, or line by line. */
export interface Publishing {
  readonly sender: MessageSender;
  publish(input: PublishOnce): Promise<{ readonly note: string | null; readonly topic: string; readonly qos: 0 | 1 | 2; readonly retain: boolean }>;
  repeat(input: PublishRepeat): Promise<{ readonly id: string }>;
  lines(input: PublishLines): Promise<{ readonly id: string; readonly lines: number }>;
  readonly runs: Pick<PublishRuns, 'changed' | 'list' | 'stop' | 'dismiss'>;
  readonly history: { readonly changed: Notifier; rows(source: SourceId): readonly PublishedRow[] } & Pick<PublishedHistory, 'message' | 'clear'>;
  sourcesChanged(): void;
  close(): Promise<void>;
}

type Maker = (message: PublishMessage, more?: { readonly bytes?: Uint8Array<ArrayBuffer> | undefined; readonly line?: FileLine }) => Promise<OutgoingMessage>;

export async function createPublishing(options: PublishingOptions): Promise<Publishing> {
  const { sender, profiles, environments, encode, now, clock, random, onBug } = options;
  const runs = createPublishRuns({ sender, newId: randomUUID, now, clock, onBug });
  const history = await openPublishedHistory(options.historyFile, now);
  const count = newCounter();
  const profileOf = (source: SourceId): ConnectionProfile | null => profiles().find(({ id }) => source === `connection:${id}`) ?? null;

  /** Variables are those of now: a run keeps them to its end. */
  const maker = async (input: Pick<PublishOnce, 'source' | 'message' | 'answers'>, counter: (name: string) => number): Promise<Maker> => {
    const { values, missing } = input.message.fillIn ? await environments.activeVariables() : { values: new Map<string, JsonValue>(), missing: [] };
    const sources = { answers: input.answers, now, random, newId: randomUUID, count: counter };
    return async (message, { bytes, line } = {}) => {
      const variables = { ...Object.fromEntries(values), ...(line && { line: lineValue(line.text), lineNumber: line.number }) };
      const source = message.fillIn ? publishScope({ variables, ...sources }) : null;
      try {
        const made = await makeMessage(message, { profile: profileOf(input.source), source, bytes, encode });
        checkPublish(made);
        return made;
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        const where = line ? `Line ${line.number.toLocaleString('en-GB')}: ` : '';
        const secrets = missing.length === 0 ? '' : ` Secrets of the environment without a value on this computer: ${missing.join(', ')}.`;
        throw new CodedError(error.code, `${where}${error.message}`, { advice: `${error.advice ?? ''}${secrets}`.trim() || undefined, data: error.data });
      }
    };
  };
  const guard = (message: OutgoingMessage, source: SourceId, knowingly: boolean): void => {
    if (knowingly) return;
    for (const check of publishGuards) check(message, profileOf(source));
  };
  const needLive = (source: SourceId): void => {
    if (sender.isLive(source)) return;
    throw source === 'broker' ? new CodedError('broker-not-running') : new CodedError('not-connected', undefined, { advice: 'Connect it first.' });
  };

  return {
    sender,
    runs,
    history,
    async publish(input) {
      const { source, message, answers, knowingly, file } = input;
      const made = await (await maker(input, count))(message, { bytes: file?.bytes });
      guard(made, source, knowingly);
      const { topic, qos, retain } = made;
      const entry = { kind: 'once', message, answers, qos, retain, fileName: file?.name ?? null } as const;
      try {
        const { note } = await sender.send(source, made);
        history.add(source, { ...entry, problem: null });
        return { note, topic, qos, retain };
      } catch (error) {
        history.add(source, { ...entry, problem: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    },
    async repeat(input) {
      const { source, message, answers, knowingly, file, everyMs, count: total } = input;
      needLive(source);
      const more = { bytes: file?.bytes };
      // Made with counters of its own, and not sent: whether it can be made, and whether the topic is another one each time.
      const trial = await maker(input, newCounter());
      const first = await trial(message, more);
      guard(first, source, knowingly);
      if (!knowingly && first.retain && total !== 1 && (await trial(message, more)).topic !== first.topic) guardManyRetained(total ?? 'ever new');
      const make = await maker(input, newCounter());
      const steady = message.fillIn ? null : first;
      const id = runs.start({ source, kind: 'repeat', topic: message.topic, fileName: file?.name ?? null, everyMs, total }, async () => {
        const made = steady ?? (await make(message, more));
        guard(made, source, knowingly);
        return made;
      });
      history.add(source, { kind: 'repeat', message, answers, qos: first.qos, retain: first.retain, fileName: file?.name ?? null, problem: null });
      return { id };
    },
    async lines(input) {
      const { source, message, answers, knowingly, file, everyMs, skipEmpty } = input;
      needLive(source);
      const lines = readLines(file.bytes, skipEmpty);
      const format = message.format === 'empty' ? 'text' : message.format;
      const makeLine = async (make: Maker, line: FileLine): Promise<OutgoingMessage> => {
        // The line is the payload as it stands: what looks like a variable in it is not filled in.
        if (format !== 'codec') return make(message, { bytes: lineBytes(line, format), line });
        return make({ ...message, payload: message.fillIn ? line.text.replaceAll('{{', '{{"{{"}}') : line.text }, { line });
      };
      const trial = await maker(input, newCounter());
      const retained = new Set<string>();
      let first: OutgoingMessage | undefined;
      for (const [at, line] of lines.entries()) {
        const made = await makeLine(trial, line);
        first ??= made;
        guard(made, source, knowingly);
        if (made.retain) retained.add(made.topic);
        if (at % slice === slice - 1) await new Promise((resolve) => setImmediate(resolve));
      }
      if (!knowingly) guardManyRetained(retained.size);
      const make = await maker(input, newCounter());
      const id = runs.start({ source, kind: 'lines', topic: message.topic, fileName: file.name, everyMs, total: lines.length }, (index) =>
        makeLine(make, lines[index] as FileLine),
      );
      const { qos = 0, retain = false } = first ?? {};
      history.add(source, { kind: 'lines', message, answers, qos, retain, fileName: file.name, problem: null });
      return { id, lines: lines.length };
    },
    sourcesChanged: () => runs.sourcesChanged(),
    async close() {
      await Promise.all([runs.close(), history.close()]);
    },
  };
}

/** Where the line is JSON, its members can be named: `{{line.device}}`. */
function lineValue(text: string): JsonValue {
  const read = readJsonText(text);
  return 'value' in read ? read.value : text;
}

function lineBytes({ number, text }: FileLine, format: 'text' | 'json' | 'hex' | 'base64'): Uint8Array<ArrayBuffer> {
  try {
    return bytesOf(text, format);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new CodedError(error.code, `Line ${number.toLocaleString('en-GB')}: ${error.message}`, {
      advice: 'Nothing was sent. Correct the file, or choose another format.',
    });
  }
}
