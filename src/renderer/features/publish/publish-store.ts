import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Qos, SourceId } from '../../../shared/contract/common.ts';
import type { PublishMessage } from '../../../shared/contract/publish-message.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { messageTexts } from '../../../shared/publishing/message-texts.ts';
import { findPrompts, type Prompt } from '../../../shared/publishing/prompts.ts';
import { newId, type Engine } from '../common/index.ts';
import {
  emptyDraft,
  loadMessage,
  messageOf,
  offerTopic,
  toSaved,
  typeTopic,
  type PublishDraft,
  type PublishFile,
  type PublishFormat,
} from './publish-draft.ts';
import type { SavedPublish } from '../../../shared/contract/workspace.ts';

/** The checks a draft goes through before it is sent; sentences for a person. */
export interface PublishRules {
  /** What is wrong with a topic name, or `undefined`. */
  readonly checkTopic: (topic: string) => string | undefined;
  readonly encode: (
    format: Exclude<PublishFormat, 'file' | 'codec' | 'empty'>,
    text: string,
  ) => { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly problem: string };
}

export interface PublishProblems {
  readonly topic?: string;
  readonly payload?: string;
}

/** How the draft goes out: once, again and again, or with the lines of a file as its payloads. */
export type PublishAction =
  | { readonly kind: 'once' }
  | { readonly kind: 'repeat'; readonly everyMs: number; readonly count: number | null }
  | { readonly kind: 'lines'; readonly file: PublishFile; readonly everyMs: number; readonly skipEmpty: boolean };

interface Asking {
  readonly source: SourceId;
  readonly action: PublishAction;
  readonly prompts: readonly Prompt[];
}

interface PublishState {
  readonly draft: PublishDraft;
  /** Problems are shown once the user has tried to publish, or left the field. */
  readonly reveal: boolean;
  /** Why the codec refused the payload as it stands. */
  readonly codecProblem: string | null;
  readonly sending: boolean;
  readonly sentCount: number;
  /** What has to be answered before it can go out. */
  readonly asking: Asking | null;
  /** What was answered last, by name. */
  readonly answers: Readonly<Record<string, string>>;
  /** What the broker said about the last one, or why it failed. */
  readonly outcome:
    | { readonly kind: 'sent'; readonly topic: string; readonly qos: Qos; readonly retain: boolean; readonly note: string | null }
    | { readonly kind: 'started'; readonly text: string }
    | { readonly kind: 'failed'; readonly error: CodedError; readonly action: PublishAction }
    | null;
}

type Editable = 'format' | 'payload' | 'codec' | 'qos' | 'retain' | 'fillIn' | 'properties';

export interface PublishStore {
  readonly state: StoreApi<PublishState>;
  readonly rules: PublishRules;
  setTopic(topic: string): void;
  offerTopic(topic: string | null): void;
  setDraft(change: Partial<Pick<PublishDraft, Editable>>): void;
  setFile(file: PublishFile | null): void;
  reveal(): void;
  load(saved: SavedPublish): void;
  /** One of the history. */
  loadAgain(source: SourceId, id: number): Promise<void>;
  save(name: string, folder: string, asNew: boolean): Promise<void>;
  remove(id: string): Promise<void>;
  /** Answers whether it was sent or started; the reason it was not is in the state. `knowingly`: also what is refused otherwise. */
  run(source: SourceId, action: PublishAction, knowingly?: boolean): Promise<boolean>;
  /** Goes on with what waits for answers; `null` gives it up. */
  answer(answers: Readonly<Record<string, string>> | null): Promise<boolean>;
}

export function problemsOf(draft: PublishDraft, rules: PublishRules): PublishProblems {
  const filled = (text: string): boolean => draft.fillIn && text.includes('{{');
  const topic = draft.topic === '' ? 'Enter the topic to publish on.' : filled(draft.topic) ? undefined : rules.checkTopic(draft.topic);
  const payload = payloadProblem(draft, rules, filled(draft.payload));
  return { ...(topic === undefined ? {} : { topic }), ...(payload === undefined ? {} : { payload }) };
}

/** A message crosses to the engine in one piece; the shown part of a payload has the same limit. */
export const maxPublishBytes = 20_971_520;

function payloadProblem({ format, file, payload }: PublishDraft, rules: PublishRules, isFilled: boolean): string | undefined {
  if (format === 'file' && !file) return 'Choose a file.';
  // What becomes of these is known when it is sent.
  if (format === 'codec' || format === 'empty' || (isFilled && format !== 'file')) return undefined;
  const made = format === 'file' ? { bytes: (file as PublishFile).bytes } : rules.encode(format, payload);
  if ('problem' in made) return made.problem;
  return made.bytes.length > maxPublishBytes ? 'The payload is larger than 20 MiB, the most that can be published here.' : undefined;
}

/** What has to be answered before the message can be filled in. */
function promptsOf(draft: PublishDraft): readonly Prompt[] {
  return draft.fillIn ? findPrompts(messageTexts(messageOf(draft))) : [];
}

export function createPublishStore(engine: Engine, rules: PublishRules): PublishStore {
  const state = createStore<PublishState>(() => ({
    ...{ draft: emptyDraft, reveal: false, codecProblem: null, sending: false, sentCount: 0, asking: null, answers: {}, outcome: null },
  }));
  const { getState, setState } = state;
  const edit = (draft: PublishDraft): void => {
    if (draft !== getState().draft) setState({ draft, codecProblem: null, outcome: null });
  };

  const send = async (source: SourceId, action: PublishAction, knowingly: boolean): Promise<PublishState['outcome']> => {
    const { draft, answers } = getState();
    const message: PublishMessage = messageOf(draft);
    const asked = Object.fromEntries(promptsOf(draft).map(({ name, offered }) => [name, answers[name] ?? offered]));
    const input = { source, message, answers: asked, knowingly };
    const file = draft.format === 'file' && draft.file ? { file: draft.file } : {};
    switch (action.kind) {
      case 'once':
        return { kind: 'sent', ...(await engine.call('publishing.publish', { ...input, ...file })) };
      case 'repeat': {
        const { everyMs, count } = action;
        await engine.call('publishing.repeat', { ...input, ...file, everyMs, count });
        return { kind: 'started', text: 'It is published again and again.' };
      }
      case 'lines': {
        const { everyMs, skipEmpty } = action;
        const { lines } = await engine.call('publishing.lines', { ...input, file: action.file, everyMs, skipEmpty });
        return { kind: 'started', text: `${lines.toLocaleString('en-GB')} ${lines === 1 ? 'line is' : 'lines are'} published.` };
      }
    }
  };
  const go = async (source: SourceId, action: PublishAction, knowingly: boolean): Promise<boolean> => {
    setState({ sending: true, codecProblem: null, outcome: null });
    try {
      const outcome = await send(source, action, knowingly);
      setState({ sending: false, reveal: false, sentCount: getState().sentCount + 1, outcome });
      return true;
    } catch (error) {
      const coded = error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
      const isCodec = getState().draft.format === 'codec' && coded.code === 'bad-input' && coded.message.startsWith('The payload: ');
      if (isCodec) setState({ sending: false, codecProblem: upperFirst(coded.message.slice('The payload: '.length)) });
      else setState({ sending: false, outcome: { kind: 'failed', error: coded, action } });
      return false;
    }
  };

  return {
    state,
    rules,
    setTopic: (topic) => edit(typeTopic(getState().draft, topic)),
    offerTopic: (topic) => edit(offerTopic(getState().draft, topic)),
    setDraft: (change) => edit({ ...getState().draft, ...change }),
    setFile: (file) => edit({ ...getState().draft, format: 'file', file }),
    reveal: () => setState({ reveal: true }),
    load: (saved) => edit(loadMessage(getState().draft, saved, saved.id)),
    async loadAgain(source, id) {
      const { message, answers } = await engine.call('publishing.fromHistory', { source, id });
      edit(loadMessage(getState().draft, message, null));
      setState({ answers: { ...getState().answers, ...answers } });
    },
    save: async (name, folder, asNew) => {
      const { draft } = getState();
      const saved = toSaved(draft, asNew || draft.savedId === null ? newId() : draft.savedId, name, folder);
      if (!saved) throw new CodedError('invalid-state', 'A file cannot be kept in the list of saved publishes.');
      await engine.call('workspace.savePublish', saved);
      setState({ draft: { ...getState().draft, savedId: saved.id } });
    },
    remove: async (id) => {
      await engine.call('workspace.removePublish', { id });
      const { draft } = getState();
      if (draft.savedId === id) setState({ draft: { ...draft, savedId: null } });
    },
    run: async (source, action, knowingly = false) => {
      const { draft, sending } = getState();
      if (sending) return false;
      setState({ reveal: true });
      const problems = problemsOf(draft, rules);
      if (problems.topic !== undefined || (problems.payload !== undefined && action.kind !== 'lines')) return false;
      const prompts = promptsOf(draft);
      // Whoever sends it knowingly has answered them just now.
      if (prompts.length === 0 || knowingly) return go(source, action, knowingly);
      setState({ asking: { source, action, prompts } });
      return false;
    },
    answer: async (answers) => {
      const { asking } = getState();
      setState({ asking: null });
      if (!asking || !answers) return false;
      setState({ answers: { ...getState().answers, ...answers } });
      return go(asking.source, asking.action, false);
    },
  };
}

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
