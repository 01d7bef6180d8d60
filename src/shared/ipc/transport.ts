import type { Frame } from './frames.ts';

export type Off = () => void;

/**
 * Carries frames between two peers, in order. Adapters exist for message ports, WebSockets and memory.
 * Received values are untrusted and typed `unknown`. `onClose` fires exactly once, also after `close()`.
 */
export interface Transport {
  post(frame: Frame): void;
  onFrame(listener: (frame: unknown) => void): Off;
  onClose(listener: (reason: string) => void): Off;
  close(reason?: string): void;
}
