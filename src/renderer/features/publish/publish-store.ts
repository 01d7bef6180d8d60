import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SourceId } from '../../../shared/contract/common.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { newId, type Engine } from '../common/index.ts';
import { emptyDraft, loadSaved, offerTopic, toSaved, typeTopic, type PublishDraft, type PublishFile, type PublishFormat } from './publish-draft.ts';
import type { SavedPublish } from '../../../shared/contract/workspace.ts';

/** The checks a draft goes through before it is sent; sentences for a person. */
export interface PublishRules {
  /** What is wrong with a topic name, or `undefined`. */
  readonly checkTopic: (topic: string) => string | undefined;
  readonly encode: (
    format: Exclude<PublishFormat, 'file' | 'codec'>,
    text: string,
  ) => { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly problem: string };
}

export interface PublishProblems {
  readonly topic?: string;
  readonly payload?: string;
}

interface PublishState {
  readonly draft: PublishDraft;
  /** Problems are shown once the user has tried to publish, or left the field. */
  readonly reveal: boolean;
  /** Why the codec refused the payload as it stands. */
  readonly codecProblem: string | null;
  readonly sending: boolean;
  readonly sentCount: number;
  /** What the broker said about the last one, or why it failed. */
  readonly outcome:
    | { readonly kind: 'sent'; readonly topic: string; readonly note: string | null }
    | { readonly kind: 'failed'; readonly error: CodedError }
    | null;
}

export interface PublishStore {
  readonly state: StoreApi<PublishState>;
  readonly rules: PublishRules;
  setTopic(topic: string): void;
  offerTopic(topic: string | null): void;
  setDraft(change: Partial<Pick<PublishDraft, 'format' | 'payload' | 'codec' | 'qos' | 'retain'>>): void;
  setFile(file: PublishFile | null): void;
  reveal(): void;
  load(saved: SavedPublish): void;
  save(name: string, asNew: boolean): Promise<void>;
  remove(id: string): Promise<void>;
  /** Answers whether it was sent; the reason it was not is in the state. `knowingly`: also what would silence a peer. */
  publish(source: SourceId, knowingly?: boolean): Promise<boolean>;
}

export function problemsOf(draft: PublishDraft, rules: PublishRules): PublishProblems {
  const topic = draft.topic === '' ? 'Enter the topic to publish on.' : rules.checkTopic(draft.topic);
  const payload = payloadOf(draft, rules);
  return { ...(topic === undefined ? {} : { topic }), ...('problem' in payload ? { payload: payload.problem } : {}) };
}

/** A message crosses to the engine in one piece; the shown part of a payload has the same limit. */
export const maxPublishBytes = 20_971_520;

function payloadOf(draft: PublishDraft, rules: PublishRules): { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly problem: string } {
  if (draft.format === 'file' && !draft.file) return { problem: 'Choose a file.' };
  // What a codec makes of it is known when it is sent.
  if (draft.format === 'codec') return { bytes: new Uint8Array(0) };
  const payload = draft.format === 'file' ? { bytes: (draft.file as PublishFile).bytes } : rules.encode(draft.format, draft.payload);
  if ('bytes' in payload && payload.bytes.length > maxPublishBytes)
    return { problem: 'The payload is larger than 20 MiB, the most that can be published here.' };
  return payload;
}

async function encodeWith(
  engine: Engine,
  { topic, codec, payload }: PublishDraft,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer> } | { readonly problem: string }> {
  const written = await engine.call('payload.encode', { topic, codec: { name: codec.name, params: { ...codec.params } }, text: payload });
  if ('bytes' in written) return written;
  const { reason, line, column } = written.problem;
  return { problem: `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}${line === null ? '' : `, in line ${line}, column ${column ?? 1}`}.` };
}

export function createPublishStore(engine: Engine, rules: PublishRules): PublishStore {
  const state = createStore<PublishState>(() => ({ draft: emptyDraft, reveal: false, codecProblem: null, sending: false, sentCount: 0, outcome: null }));
  const { getState, setState } = state;
  const edit = (draft: PublishDraft): void => {
    if (draft !== getState().draft) setState({ draft, codecProblem: null, outcome: null });
  };

  return {
    state,
    rules,
    setTopic: (topic) => edit(typeTopic(getState().draft, topic)),
    offerTopic: (topic) => edit(offerTopic(getState().draft, topic)),
    setDraft: (change) => edit({ ...getState().draft, ...change }),
    setFile: (file) => edit({ ...getState().draft, format: 'file', file }),
    reveal: () => setState({ reveal: true }),
    load: (saved) => edit(loadSaved(getState().draft, saved)),
    save: async (name, asNew) => {
      const { draft } = getState();
      const saved = toSaved(draft, asNew || draft.savedId === null ? newId() : draft.savedId, name);
      if (!saved) throw new CodedError('invalid-state', 'A file cannot be kept in the list of saved publishes.');
      await engine.call('workspace.savePublish', saved);
      setState({ draft: { ...getState().draft, savedId: saved.id } });
    },
    remove: async (id) => {
      await engine.call('workspace.removePublish', { id });
      const { draft } = getState();
      if (draft.savedId === id) setState({ draft: { ...draft, savedId: null } });
    },
    publish: async (source, knowingly = false) => {
      const { draft, sending } = getState();
      if (sending) return false;
      setState({ reveal: true });
      const topicProblem = problemsOf(draft, rules).topic;
      const payload = payloadOf(draft, rules);
      if (topicProblem !== undefined || 'problem' in payload) return false;
      setState({ sending: true, codecProblem: null, outcome: null });
      try {
        const { topic, qos, retain } = draft;
        const written = draft.format === 'codec' ? await encodeWith(engine, draft) : payload;
        if ('problem' in written) {
          setState({ sending: false, codecProblem: written.problem });
          return false;
        }
        const { note } = await engine.call('messages.publish', { source, topic, payload: written.bytes, qos, retain, ...(knowingly ? { knowingly } : {}) });
        setState({ sending: false, reveal: false, sentCount: getState().sentCount + 1, outcome: { kind: 'sent', topic: draft.topic, note } });
        return true;
      } catch (error) {
        const coded = error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
        setState({ sending: false, outcome: { kind: 'failed', error: coded } });
        return false;
      }
    },
  };
}
