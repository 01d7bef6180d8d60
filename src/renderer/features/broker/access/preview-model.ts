import type { AccessPreview, AccessSettings } from '../../../../shared/contract/broker-access.ts';
import { toCodedError } from '../../../data/index.ts';
import { FrameNotifier, type Engine, type Pacing } from '../../common/index.ts';

/** After the last key. */
const askAfterMs = 200;
/** Clients come and publish while rules are thought about. */
const askAgainMs = 3000;

export type PreviewOutcome = { readonly preview: AccessPreview } | { readonly problem: string; readonly advice: string | undefined };

/** What edited settings would change, asked one at a time, and again from time to time. */
export class PreviewModel {
  readonly notifier: FrameNotifier;
  readonly #engine: Pick<Engine, 'call'>;
  readonly #pacing: Pacing;
  #wanted: AccessSettings | null = null;
  #answered: AccessSettings | null = null;
  #outcome: PreviewOutcome | null = null;
  #timer: unknown;
  #asking = false;

  constructor(engine: Pick<Engine, 'call'>, pacing: Pacing) {
    this.#engine = engine;
    this.#pacing = pacing;
    this.notifier = new FrameNotifier(pacing);
  }

  /** `null` while there is nothing to ask about, or nobody to ask. */
  show(settings: AccessSettings | null): void {
    if (settings === this.#wanted) return;
    this.#wanted = settings;
    this.#stopTimer();
    if (settings === null) this.#outcome = this.#answered = null;
    else if (!this.#asking) this.#askAfter(askAfterMs);
    void this.notifier.changed();
  }

  /** The newest answer, which may be about settings before the last change. */
  get outcome(): PreviewOutcome | null {
    return this.#outcome;
  }

  get isBehind(): boolean {
    return this.#wanted !== null && this.#answered !== this.#wanted;
  }

  async #ask(settings: AccessSettings): Promise<void> {
    this.#asking = true;
    let outcome: PreviewOutcome;
    try {
      outcome = { preview: await this.#engine.call('broker.previewAccess', settings) };
    } catch (error) {
      const { message, advice } = toCodedError(error);
      outcome = { problem: message, advice };
    }
    this.#asking = false;
    if (this.#wanted === null) return;
    this.#outcome = outcome;
    this.#answered = settings;
    this.#askAfter(this.#wanted === settings ? askAgainMs : askAfterMs);
    void this.notifier.changed();
  }

  #askAfter(ms: number): void {
    this.#timer = this.#pacing.setTimer(() => {
      this.#timer = undefined;
      if (this.#wanted !== null) void this.#ask(this.#wanted);
    }, ms);
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#pacing.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
