import type { MessageTrace } from '../../../../shared/contract/broker-inside.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';

/** What the local broker tells of its inside, as far as calls need it. */
export interface BrokerTraces {
  /** The local broker runs, and its engine can tell. */
  readonly available: () => boolean;
  /** Messages are traced until what this returns is called. */
  readonly trace: (onChange: () => void) => () => void;
  /** Settles when the messages that come to the broker from now on are traced. */
  readonly settled: () => Promise<unknown>;
  readonly whoGot: (messageId: number) => MessageTrace | null;
}

/** Traces go on so long after a call, for acknowledgements and for the numbers of the messages, which come later. */
const lingerMs = 3000;
/** Own calls under way that are traced at the same time: more of them are a load, and nobody looks at each. */
const mostHolds = 20;

/** Has messages traced while calls are made or looked at, and not a moment longer: tracing costs the broker something with each message. */
export class CallTracing {
  readonly #traces: BrokerTraces;
  /** The traces, or whether there are any, may be others now. */
  readonly changed: Notifier = createNotifier();
  #holds = 0;
  #stop: (() => void) | undefined;
  #on: Promise<unknown> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(traces: BrokerTraces) {
    this.#traces = traces;
  }

  get available(): boolean {
    return this.#traces.available();
  }

  whoGot(messageId: number): MessageTrace | null {
    return messageId === 0 ? null : this.#traces.whoGot(messageId);
  }

  /** `null`: the call is not traced. `ready` is `null` when messages are traced already. */
  hold(): { readonly ready: Promise<unknown> | null; readonly release: () => void } | null {
    if (!this.#traces.available() || this.#holds >= mostHolds) return null;
    this.#holds += 1;
    return { ready: this.#start(), release: this.#releaseOnce() };
  }

  /** As long as somebody looks at a call. */
  look(): () => void {
    this.#holds += 1;
    void this.#start();
    return this.#releaseOnce();
  }

  close(): void {
    this.#end();
  }

  #start(): Promise<unknown> | null {
    clearTimeout(this.#timer);
    if (!this.#stop) {
      this.#stop = this.#traces.trace(this.changed.notify);
      const on = this.#traces.settled().catch(() => undefined);
      this.#on = on;
      void on.then(() => (this.#on === on ? (this.#on = null) : undefined));
    }
    return this.#on;
  }

  #releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#holds -= 1;
      if (this.#holds > 0) return;
      this.#timer = setTimeout(() => this.#end(), lingerMs);
      this.#timer.unref();
    };
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#stop?.();
    this.#stop = undefined;
    this.#on = null;
  }
}
