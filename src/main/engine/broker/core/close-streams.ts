import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

/** What was sent gets this long to leave. */
const goodbyeMs = 500;

/** Waits a moment for them to close by themselves. */
export async function closeStreams(streams: ReadonlySet<Duplex>): Promise<void> {
  const open = [...streams].filter((stream) => !stream.closed);
  // A stream that fails meanwhile closes as well.
  const closed = Promise.all(open.map((stream) => new Promise((resolve) => stream.once('close', resolve))));
  await Promise.race([closed, setTimeout(goodbyeMs, undefined, { ref: false })]);
  for (const stream of streams) stream.destroy();
}
