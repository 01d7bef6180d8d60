import type { MqttLink } from './mqtt-link.ts';

const defaultTimeoutMs = 1000;

export interface CloseLinkOptions {
  /** There is a session, which ends with a DISCONNECT. */
  readonly isUp: boolean;
  /** The broker may not answer any more, and nobody waits longer. */
  readonly timeoutMs?: number;
  /** What is sent before. */
  readonly before?: (() => Promise<unknown>) | undefined;
}

/** Ends a link in order where it can be, and for certain. Never rejects. */
export async function closeLink(link: Pick<MqttLink, 'end' | 'abort'>, { isUp, timeoutMs = defaultTimeoutMs, before }: CloseLinkOptions): Promise<void> {
  if (isUp) {
    const inOrder = async (): Promise<void> => {
      // The broker may be gone already.
      await before?.().catch(() => undefined);
      await link.end().catch(() => undefined);
    };
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([inOrder(), new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
    clearTimeout(timer);
  }
  link.abort();
}
