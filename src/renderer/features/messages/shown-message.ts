import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageDetail } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Engine, Pacing } from '../common/index.ts';
import { FrameNotifier } from '../common/index.ts';

/** Between two reads of the newest value; a screen shows no more than that to a reader anyway. */
const refreshEveryMs = 100;
const partBytes = 1_048_576;

export interface ShownMessage {
  readonly phase: 'loading' | 'ready' | 'empty' | 'failed';
  /** `latest` follows the topic, `fixed` stays on a message chosen from the history. */
  readonly mode: 'latest' | 'fixed';
  readonly detail: MessageDetail | null;
  /** What is here of the payload: `detail.sizeBytes` when whole. */
  readonly payload: Uint8Array;
  readonly complete: boolean;
  readonly loadingMore: boolean;
  readonly error: CodedError | undefined;
}

const noBytes = new Uint8Array(0);

/** The message in the detail pane: the newest of its topic, or a chosen one; large payloads in parts. */
export class ShownMessageModel {
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  readonly #pacing: Pacing;
  readonly #source: SourceId;
  readonly #topic: string;
  readonly #maxBytes: number;
  #state: ShownMessage = { phase: 'loading', mode: 'latest', detail: null, payload: noBytes, complete: true, loadingMore: false, error: undefined };
  /** Grows with each choice: answers to older questions are thrown away. */
  #generation = 0;
  #reading = false;
  #again = false;
  #timer: unknown;
  #held = false;
  #closed = false;

  constructor(engine: Engine, source: SourceId, topic: string, maxBytes: number, pacing: Pacing) {
    this.#engine = engine;
    this.#pacing = pacing;
    this.#source = source;
    this.#topic = topic;
    this.#maxBytes = maxBytes;
    this.notifier = new FrameNotifier(pacing);
    void this.#readLatest();
  }

  /** For who asks who got it. */
  get wanted(): { readonly id: number } | undefined {
    const { detail } = this.#state;
    return detail === null ? undefined : { id: detail.id };
  }

  readonly subscribe = (changed: () => void): (() => void) => this.notifier.subscribe(changed);

  get state(): ShownMessage {
    return this.#state;
  }

  /** A newer message exists: shown soon, unless another one was chosen or the view is held. */
  newer(): void {
    if (this.#state.mode === 'latest' && !this.#held) this.#soon();
  }

  /** Keeps the newest value from changing under a reader. */
  setHeld(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (!held) this.newer();
  }

  showLatest(): void {
    this.#generation += 1;
    this.#set({ mode: 'latest' });
    void this.#readLatest();
  }

  async show(id: number): Promise<void> {
    const generation = ++this.#generation;
    this.#set({ mode: 'fixed', loadingMore: false });
    try {
      const detail = await this.#engine.call('messages.get', { id, maxBytes: this.#maxBytes });
      if (generation === this.#generation) this.#show(detail);
    } catch (error) {
      if (generation === this.#generation) this.#fail(error);
    }
  }

  /** Adds the next part of a payload that is larger than what is shown. */
  async loadMore(): Promise<void> {
    const { detail, payload, complete, loadingMore } = this.#state;
    if (!detail || complete || loadingMore) return;
    const generation = this.#pin();
    this.#set({ loadingMore: true });
    try {
      const part = await this.#part(detail, payload.length);
      if (generation !== this.#generation) return;
      const whole = new Uint8Array(payload.length + part.length);
      whole.set(payload);
      whole.set(part, payload.length);
      this.#set({ payload: whole, complete: part.length === 0 || whole.length >= detail.sizeBytes, loadingMore: false });
    } catch (error) {
      if (generation === this.#generation) this.#fail(error);
    }
  }

  /** The whole payload in parts, for saving; reads what is not here yet. */
  async wholePayload(): Promise<readonly Uint8Array[]> {
    const { detail, payload } = this.#state;
    if (!detail) return [];
    const parts = [payload];
    for (let size = payload.length; size < detail.sizeBytes;) {
      const part = await this.#part(detail, size);
      if (part.length === 0) throw new CodedError('not-found', 'The rest of this payload is no longer in the history.');
      parts.push(part);
      size += part.length;
    }
    return parts;
  }

  close(): void {
    this.#closed = true;
    this.#generation += 1;
    if (this.#timer !== undefined) this.#pacing.clearTimer(this.#timer);
  }

  /** Reading on in a large payload means wanting this message: the view stays on it. */
  #pin(): number {
    this.#generation += 1;
    this.#set({ mode: 'fixed' });
    return this.#generation;
  }

  #part(detail: MessageDetail, offset: number): Promise<Uint8Array> {
    return this.#engine.call('messages.payload', { id: detail.id, offset, length: Math.min(partBytes, detail.sizeBytes - offset) });
  }

  #soon(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#timer ??= this.#pacing.setTimer(() => {
      this.#timer = undefined;
      if (this.#state.mode === 'latest' && !this.#held) void this.#readLatest();
    }, refreshEveryMs);
  }

  async #readLatest(): Promise<void> {
    const generation = this.#generation;
    this.#reading = true;
    try {
      const detail = await this.#engine.call('messages.latest', { source: this.#source, topic: this.#topic, maxBytes: this.#maxBytes });
      if (generation === this.#generation) this.#show(detail);
    } catch (error) {
      if (generation === this.#generation) this.#fail(error);
    } finally {
      this.#reading = false;
      if (this.#again && !this.#closed) {
        this.#again = false;
        this.newer();
      }
    }
  }

  #show(detail: MessageDetail | null): void {
    if (this.#state.detail !== null && detail?.id === this.#state.detail.id && this.#state.phase === 'ready') {
      this.#set({ error: undefined });
      return;
    }
    this.#set({
      phase: detail ? 'ready' : 'empty',
      detail,
      payload: detail?.payload ?? noBytes,
      complete: !detail || detail.payload.length >= detail.sizeBytes,
      loadingMore: false,
      error: undefined,
    });
  }

  #fail(error: unknown): void {
    const coded = error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
    this.#set({ error: coded, loadingMore: false, phase: this.#state.detail ? 'ready' : 'failed' });
  }

  #set(change: Partial<ShownMessage>): void {
    if (this.#closed) return;
    this.#state = { ...this.#state, ...change };
    void this.notifier.changed();
  }
}
