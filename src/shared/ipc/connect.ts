import type { CallName, Contract, InputOf, ItemOf, OutputOf, StreamName } from './contract.ts';
import { CodedError, fromWireError } from './errors.ts';
import { isFrame, protocolVersion } from './frames.ts';
import type { Transport } from './transport.ts';

export type LinkState = 'connecting' | 'open' | 'waiting' | 'closed';

interface StreamListener<T> {
  /** Credit for the item goes back when this returns, or when its promise settles: a slow reader slows only its own stream. */
  item(item: T, skipped: number): void | Promise<void>;
  /** The stream ended; with an error if it failed. Not called after `close()`. */
  end?(error?: CodedError): void;
  /** The link was lost and the stream is about to be opened again with a fresh `input()`. */
  restart?(): void;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Client<C extends Contract> {
  call<K extends CallName<C>>(name: K, input: InputOf<C[K]>, options?: CallOptions): Promise<OutputOf<C[K]>>;
  /** `input` may be a function: it is asked again after each reconnect, so that it can carry a cursor. Returns `close`. */
  stream<K extends StreamName<C>>(name: K, input: InputOf<C[K]> | (() => InputOf<C[K]>), listener: StreamListener<ItemOf<C[K]>>): () => void;
  readonly state: LinkState;
  /** Which run of the engine answered last, see `Hello.instance`; `undefined` before the first. */
  readonly instance: string | undefined;
  onState(listener: (state: LinkState, reason?: string) => void): () => void;
  /** Skips the waiting time before the next attempt. */
  reconnectNow(): void;
  close(): void;
}

export interface ConnectOptions {
  readonly open: () => Promise<Transport>;
  /** Wait before reconnect attempt n (1, 2, …); `undefined` gives up. Default: 250 ms doubling to 5 s, forever. */
  readonly backoffMs?: (attempt: number) => number | undefined;
  readonly setTimer?: (run: () => void, ms: number) => unknown;
  readonly clearTimer?: (timer: unknown) => void;
}

interface PendingCall {
  settle(outcome: { output: unknown } | { error: CodedError }): void;
}
interface OpenStream {
  readonly name: string;
  readonly input: () => unknown;
  readonly listener: StreamListener<unknown>;
}

/** Connects to a served contract and stays connected: calls in flight fail when the link is lost, streams are opened again. */
export function connect<C extends Contract>(options: ConnectOptions): Client<C> {
  return new ReconnectingClient(options) as unknown as Client<C>;
}

const defaultBackoff = (attempt: number): number => Math.min(5000, 250 * 2 ** (attempt - 1));

class ReconnectingClient {
  readonly #options: ConnectOptions;
  readonly #calls = new Map<number, PendingCall>();
  readonly #streams = new Map<number, OpenStream>();
  readonly #waiting: (() => void)[] = [];
  readonly #stateListeners = new Set<(state: LinkState, reason?: string) => void>();
  #state: LinkState = 'connecting';
  #transport: Transport | undefined;
  #nextId = 1;
  #attempt = 0;
  #timer: unknown;
  #instance: string | undefined;
  #closeReason = '';

  constructor(options: ConnectOptions) {
    this.#options = options;
    void this.#open();
  }

  get state(): LinkState {
    return this.#state;
  }

  get instance(): string | undefined {
    return this.#instance;
  }

  onState(listener: (state: LinkState, reason?: string) => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  call(name: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#state === 'closed') return reject(new CodedError('disconnected', this.#closeReason || undefined));
      if (options.signal?.aborted) return reject(new CodedError('cancelled'));
      const id = this.#nextId++;
      let timer: unknown;
      const cancel = (error: CodedError): void => {
        if (this.#calls.has(id)) this.#transport?.post(['cancel', id]);
        settle({ error });
      };
      const onAbort = (): void => cancel(new CodedError('cancelled'));
      const settle: PendingCall['settle'] = (outcome) => {
        this.#calls.delete(id);
        options.signal?.removeEventListener('abort', onAbort);
        if (timer !== undefined) this.#clearTimer(timer);
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.output);
      };
      options.signal?.addEventListener('abort', onAbort, { once: true });
      if (options.timeoutMs !== undefined) timer = this.#setTimer(() => cancel(new CodedError('timed-out')), options.timeoutMs);
      this.#calls.set(id, { settle });
      this.#whenOpen(() => {
        if (!this.#calls.has(id)) return;
        try {
          this.#transport?.post(['call', id, name, input]);
        } catch (error) {
          // Too large for this transport, or not cloneable: the fault of this call alone.
          settle({ error: error instanceof CodedError ? error : new CodedError('bad-input', String(error)) });
        }
      });
    });
  }

  stream(name: string, input: unknown, listener: StreamListener<unknown>): () => void {
    const id = this.#nextId++;
    const makeInput = typeof input === 'function' ? (input as () => unknown) : () => input;
    this.#streams.set(id, { name, input: makeInput, listener });
    if (this.#state === 'open') this.#transport?.post(['open', id, name, makeInput()]);
    return () => {
      if (this.#streams.delete(id) && this.#state === 'open') this.#transport?.post(['cancel', id]);
    };
  }

  reconnectNow(): void {
    if (this.#state !== 'waiting') return;
    this.#clearTimer(this.#timer);
    void this.#open();
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#clearTimer(this.#timer);
    this.#give('closed', 'closed by this side');
    this.#transport?.close('client closed');
  }

  async #open(): Promise<void> {
    this.#setState('connecting');
    let transport: Transport;
    try {
      transport = await this.#options.open();
    } catch (error) {
      this.#lost(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#state === 'closed') {
      transport.close('client closed');
      return;
    }
    this.#transport = transport;
    transport.onFrame((frame) => this.#receive(transport, frame));
    transport.onClose((reason) => {
      if (this.#transport === transport) this.#lost(reason);
    });
    transport.post(['hello', { protocol: protocolVersion, instance: '' }]);
  }

  #receive(transport: Transport, frame: unknown): void {
    if (transport !== this.#transport) return;
    if (!isFrame(frame)) {
      transport.close('malformed frame');
      return;
    }
    switch (frame[0]) {
      case 'hello':
        this.#greeted(frame[1].protocol, frame[1].instance);
        return;
      case 'ok':
        this.#calls.get(frame[1])?.settle({ output: frame[2] });
        return;
      case 'item':
        void this.#deliver(frame[1], frame[2], frame[3]);
        return;
      case 'end':
        this.#endStream(frame[1]);
        return;
      case 'err': {
        const error = fromWireError(frame[2]);
        this.#calls.get(frame[1])?.settle({ error });
        this.#endStream(frame[1], error);
        return;
      }
      default:
        transport.close(`unexpected ${frame[0]} frame`);
    }
  }

  #greeted(protocol: number, instance: string): void {
    if (protocol !== protocolVersion) {
      this.#give('closed', 'version mismatch');
      this.#transport?.close('version mismatch');
      return;
    }
    const reopened = this.#instance !== undefined;
    this.#instance = instance;
    this.#attempt = 0;
    this.#setState('open');
    for (const [id, open] of this.#streams) {
      if (reopened) open.listener.restart?.();
      // Closed by its reader on this news: what was done once is not to be done again.
      if (!this.#streams.has(id)) continue;
      this.#transport?.post(['open', id, open.name, open.input()]);
    }
    for (const run of this.#waiting.splice(0)) run();
  }

  async #deliver(id: number, item: unknown, skipped: number): Promise<void> {
    const transport = this.#transport;
    try {
      await this.#streams.get(id)?.listener.item(item, skipped);
    } finally {
      if (transport === this.#transport && this.#streams.has(id)) transport?.post(['credit', id, 1]);
    }
  }

  #endStream(id: number, error?: CodedError): void {
    const open = this.#streams.get(id);
    if (!open) return;
    this.#streams.delete(id);
    open.listener.end?.(error);
  }

  #lost(reason: string): void {
    if (this.#state === 'closed') return;
    this.#transport = undefined;
    this.#failCalls(new CodedError(this.#instance === undefined ? 'disconnected' : 'engine-restarted'));
    this.#attempt += 1;
    const wait = (this.#options.backoffMs ?? defaultBackoff)(this.#attempt);
    if (wait === undefined) {
      this.#give('closed', reason);
      return;
    }
    this.#setState('waiting', reason);
    this.#timer = this.#setTimer(() => void this.#open(), wait);
  }

  #give(state: 'closed', reason: string): void {
    this.#closeReason = reason === 'version mismatch' ? '' : reason;
    const error = new CodedError(reason === 'version mismatch' ? 'version-mismatch' : 'disconnected');
    this.#setState(state, reason);
    this.#failCalls(error);
    const ended = [...this.#streams.values()];
    this.#streams.clear();
    for (const open of ended) open.listener.end?.(error);
  }

  #failCalls(error: CodedError): void {
    this.#waiting.length = 0;
    for (const pending of [...this.#calls.values()]) pending.settle({ error });
  }

  #whenOpen(run: () => void): void {
    if (this.#state === 'open') run();
    else this.#waiting.push(run);
  }

  #setState(state: LinkState, reason?: string): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state, reason);
  }

  #setTimer(run: () => void, ms: number): unknown {
    return this.#options.setTimer ? this.#options.setTimer(run, ms) : setTimeout(run, ms);
  }

  #clearTimer(timer: unknown): void {
    if (this.#options.clearTimer) this.#options.clearTimer(timer);
    else clearTimeout(timer as number);
  }
}
