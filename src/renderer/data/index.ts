export { engineClient } from './client.ts';
export { onNextFrame } from './frame-pacer.ts';
export { useLink, type Link } from './link.ts';
export { desktopHost } from './open-transport.ts';
export { toCodedError } from './to-coded-error.ts';
export { useStreamValue } from './use-stream-value.ts';
