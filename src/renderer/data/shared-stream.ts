import type { EngineContract } from '../../shared/contract/index.ts';
import type { InputOf, ItemOf, StreamName } from '../../shared/ipc/contract.ts';
import type { CodedError } from '../../shared/ipc/errors.ts';
import type { EngineClient } from './client.ts';

interface StreamState<T> {
  /** The newest item; `undefined` until the first one came. */
  readonly value: T | undefined;
  /** Why the stream ended, if it failed. */
  readonly error: CodedError | undefined;
  /** The link was lost: the value is what was true then. */
  readonly stale: boolean;
}

interface SharedStream<T> {
  readonly get: () => StreamState<T>;
  readonly subscribe: (listener: () => void) => () => void;
}

export interface SharedStreams {
  of<K extends StreamName<EngineContract>>(name: K, input: InputOf<EngineContract[K]>): SharedStream<ItemOf<EngineContract[K]>>;
}

export interface SharedStreamOptions {
  readonly engine: Pick<EngineClient, 'stream'>;
  /** Runs before the next paint. */
  readonly nextFrame: (run: () => void) => void;
  /** A subscription outlives its last reader this long, so that a change of screen does not reopen it. */
  readonly lingerMs: number;
  readonly setTimer: (run: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

const nothing: StreamState<never> = { value: undefined, error: undefined, stale: false };

/** One subscription for all readers of the same stream with the same input; readers are told at most once per frame. */
export function createSharedStreams(options: SharedStreamOptions): SharedStreams {
  const streams = new Map<string, SharedStream<unknown>>();
  return {
    of<K extends StreamName<EngineContract>>(name: K, input: InputOf<EngineContract[K]>) {
      type Item = ItemOf<EngineContract[K]>;
      const key = `${name} ${JSON.stringify(input) ?? ''}`;
      let stream = streams.get(key) as SharedStream<Item> | undefined;
      if (!stream) {
        stream = sharedStream<K>(options, name, input, () => streams.delete(key));
        streams.set(key, stream);
      }
      return stream;
    },
  };
}

function sharedStream<K extends StreamName<EngineContract>>(
  options: SharedStreamOptions,
  name: K,
  input: InputOf<EngineContract[K]>,
  forget: () => void,
): SharedStream<ItemOf<EngineContract[K]>> {
  type Item = ItemOf<EngineContract[K]>;
  const listeners = new Set<() => void>();
  let state: StreamState<Item> = nothing;
  let next: StreamState<Item> = nothing;
  let waiting: (() => void)[] = [];
  let scheduled = false;
  let close: (() => void) | undefined;
  let lingering: unknown;

  const flush = (): void => {
    scheduled = false;
    state = next;
    for (const listener of [...listeners]) listener();
    for (const settle of waiting.splice(0)) settle();
  };
  const change = (to: StreamState<Item>): Promise<void> => {
    next = to;
    const told = new Promise<void>((resolve) => waiting.push(resolve));
    if (!scheduled) {
      scheduled = true;
      options.nextFrame(flush);
    }
    return told;
  };
  const open = (): void => {
    close = options.engine.stream<K>(name, input, {
      // Waiting for the frame makes a page that cannot keep up slow its own stream only.
      item: (value) => change({ value, error: undefined, stale: false }),
      restart: () => void change({ ...next, stale: true }),
      end: (error) => {
        close = undefined;
        void change({ ...next, error, stale: true });
      },
    });
  };

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      if (lingering !== undefined) options.clearTimer(lingering);
      lingering = undefined;
      if (!close) open();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        lingering = options.setTimer(() => {
          lingering = undefined;
          if (listeners.size > 0) return;
          close?.();
          close = undefined;
          forget();
        }, options.lingerMs);
      };
    },
  };
}
