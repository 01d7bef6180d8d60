export { engineClient, type EngineClient } from './client.ts';
export { onNextFrame } from './frame-pacer.ts';
export { linkStore, useLink, type Link } from './link.ts';
export { desktopHost } from './open-transport.ts';
export type { StreamState } from './shared-stream.ts';
export { toCodedError, useCall, type CallOutcome, type UseCall } from './use-call.ts';
export { sharedStreams, useStreamState, useStreamValue } from './use-stream-value.ts';
