import { useSyncExternalStore } from 'react';
import type { EngineContract } from '../../shared/contract/index.ts';
import type { InputOf, ItemOf, StreamName } from '../../shared/ipc/contract.ts';
import { engineClient } from './client.ts';
import { onNextFrame } from './frame-pacer.ts';
import { createSharedStreams, type SharedStreams } from './shared-stream.ts';

let streams: SharedStreams | undefined;

/** The page's shared subscriptions, for readers outside React. */
function sharedStreams(): SharedStreams {
  streams ??= createSharedStreams({
    engine: engineClient(),
    nextFrame: onNextFrame,
    lingerMs: 2000,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as number),
  });
  return streams;
}

const nothing = { value: undefined, error: undefined, stale: false };
const subscribeToNothing = (): (() => void) => () => undefined;
const getNothing = (): typeof nothing => nothing;

/** The newest item of a stream, `undefined` until the first one came; renders at most once per frame. Without input (`null`) nothing is subscribed to. */
export function useStreamValue<K extends StreamName<EngineContract>>(name: K, input: InputOf<EngineContract[K]> | null): ItemOf<EngineContract[K]> | undefined {
  const stream = input === null ? undefined : sharedStreams().of(name, input);
  return useSyncExternalStore(stream?.subscribe ?? subscribeToNothing, stream?.get ?? getNothing).value;
}
