import type { MessageTrace } from '../../../shared/contract/broker-inside.ts';
import { FrameNotifier, type Engine, type Pacing } from '../common/index.ts';
import type { ShownMessageModel } from './shown-message.ts';
import type { Tracing } from './tracing.ts';

/** Between two questions; acknowledgements come in crowds. */
const askEveryMs = 150;

/** Who got the message that is shown; asked again when another one is shown, and when something has happened to a message. */
export class WhoGotModel {
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  readonly #pacing: Pacing;
  readonly #shown: ShownMessageModel;
  readonly #tracing: Tracing;
  readonly #offs: readonly (() => void)[];
  #answer: { readonly id: number; readonly trace: MessageTrace | null } | undefined;
  #asked: string | undefined;
  #timer: unknown;
  #asking = false;
  #closed = false;

  constructor(engine: Engine, shown: ShownMessageModel, tracing: Tracing, pacing: Pacing) {
    this.#engine = engine;
    this.#pacing = pacing;
    this.#shown = shown;
    this.#tracing = tracing;
    this.notifier = new FrameNotifier(pacing);
    this.#offs = [shown.notifier.subscribe(() => this.#check()), tracing.notifier.subscribe(() => this.#check())];
    this.#check();
  }

  /** Of the message that is shown; `null`: it was not traced, `undefined`: not known yet. */
  get trace(): MessageTrace | null | undefined {
    const id = this.#shown.state.detail?.id;
    return this.#answer !== undefined && this.#answer.id === id ? this.#answer.trace : undefined;
  }

  close(): void {
    this.#closed = true;
    for (const off of this.#offs) off();
    if (this.#timer !== undefined) this.#pacing.clearTimer(this.#timer);
  }

  #check(): void {
    const id = this.#shown.state.detail?.id;
    if (id === undefined || this.#asking || this.#timer !== undefined || this.#closed) return;
    // Nothing new can be known about the same message while nothing has happened.
    const question = `${id} ${this.#tracing.status?.revision ?? ''}`;
    if (question === this.#asked) return;
    this.#asked = question;
    void this.#ask(id);
  }

  async #ask(id: number): Promise<void> {
    this.#asking = true;
    try {
      const trace = await this.#engine.call('broker.whoGot', { id });
      this.#answer = { id, trace };
    } catch {
      // The link was lost, which the page says elsewhere; with the next change the question is asked again.
      this.#asked = undefined;
    }
    this.#asking = false;
    if (this.#closed) return;
    void this.notifier.changed();
    this.#timer = this.#pacing.setTimer(() => {
      this.#timer = undefined;
      this.#check();
    }, askEveryMs);
  }
}
