import type { TracingStatus } from '../../../shared/contract/broker-inside.ts';
import { engineClient } from '../../data/index.ts';
import { browserPacing, FrameNotifier, type Engine, type Pacing } from '../common/index.ts';

/** The switch of the local broker's trace: it is on as long as this page holds its stream open. */
export class Tracing {
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  #close: (() => void) | undefined;
  #status: TracingStatus | undefined;

  constructor(engine: Engine, pacing: Pacing) {
    this.#engine = engine;
    this.notifier = new FrameNotifier(pacing);
  }

  get isOn(): boolean {
    return this.#close !== undefined;
  }

  /** `undefined` while it is off, and until the engine has answered. */
  get status(): TracingStatus | undefined {
    return this.#status;
  }

  set(on: boolean): void {
    if (on === this.isOn) return;
    if (on) {
      this.#close = this.#engine.stream('broker.tracing', undefined, {
        item: (status) => {
          this.#status = status;
          return this.notifier.changed();
        },
        end: () => this.#off(),
      });
    } else {
      this.#close?.();
      this.#off();
    }
    void this.notifier.changed();
  }

  #off(): void {
    this.#close = undefined;
    this.#status = undefined;
    void this.notifier.changed();
  }
}

let page: Tracing | undefined;

/** The page's own. It stays as it is when another topic or place is shown. */
export function pageTracing(): Tracing {
  return (page ??= new Tracing(engineClient(), browserPacing));
}
