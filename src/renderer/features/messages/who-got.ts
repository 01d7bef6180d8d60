import type { MessageTrace } from '../../../shared/contract/broker-inside.ts';
import { FrameNotifier, type Engine, type Pacing } from '../common/index.ts';
import type { Tracing } from './tracing.ts';

/** A message whose receivers are wanted: by its id in the history, or by its number in this run of the broker. */
export type TracedMessage = { readonly id: number } | { readonly number: number };

/** What says which message that is, now. */
export interface WhoGotTarget {
  readonly wanted: TracedMessage | undefined;
  subscribe(changed: () => void): () => void;
}

const stays = (wanted: TracedMessage): WhoGotTarget => ({ wanted, subscribe: () => () => undefined });

/** A message of the history. */
export const whoGotMessage = (id: number): WhoGotTarget => stays({ id });
/** A message that the broker holds; 0: one of an earlier run, whose trace nobody has. */
export const whoGotNumber = (number: number): WhoGotTarget => stays({ number });

/** Between two questions; acknowledgements come in crowds. */
const askEveryMs = 150;

/** Who got the message that is shown; asked again when another one is shown, and when something has happened to a message. */
export class WhoGotModel {
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  readonly #pacing: Pacing;
  readonly #target: WhoGotTarget;
  readonly #tracing: Tracing;
  readonly #offs: readonly (() => void)[];
  #answer: { readonly of: string; readonly trace: MessageTrace | null } | undefined;
  #asked: string | undefined;
  #timer: unknown;
  #asking = false;
  #closed = false;

  constructor(engine: Engine, target: WhoGotTarget, tracing: Tracing, pacing: Pacing) {
    this.#engine = engine;
    this.#pacing = pacing;
    this.#target = target;
    this.#tracing = tracing;
    this.notifier = new FrameNotifier(pacing);
    this.#offs = [target.subscribe(() => this.#check()), tracing.notifier.subscribe(() => this.#check())];
    this.#check();
  }

  /** Of the message that is shown; `null`: it was not traced, `undefined`: not known yet. */
  get trace(): MessageTrace | null | undefined {
    return this.#answer !== undefined && this.#answer.of === JSON.stringify(this.#target.wanted) ? this.#answer.trace : undefined;
  }

  close(): void {
    this.#closed = true;
    for (const off of this.#offs) off();
    if (this.#timer !== undefined) this.#pacing.clearTimer(this.#timer);
  }

  #check(): void {
    const { wanted } = this.#target;
    if (wanted === undefined || this.#asking || this.#timer !== undefined || this.#closed) return;
    // Nothing new can be known about the same message while nothing has happened.
    const question = `${JSON.stringify(wanted)} ${this.#tracing.status?.revision ?? ''}`;
    if (question === this.#asked) return;
    this.#asked = question;
    void this.#ask(wanted);
  }

  async #ask(wanted: TracedMessage): Promise<void> {
    this.#asking = true;
    try {
      const trace = await ('id' in wanted ? this.#engine.call('broker.whoGot', wanted) : this.#engine.call('broker.whoGotNumber', wanted));
      this.#answer = { of: JSON.stringify(wanted), trace };
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
