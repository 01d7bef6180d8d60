// One thread of the load, started with `workerData` of type `LoadThreadData`. It says when it is ready, begins when it is told, and answers when it is done.
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { ownThread } from '../process-facts.ts';
import { openAsker } from './ask.ts';
import { openConnecting } from './connect.ts';
import type { LoadReady, LoadThreadData } from './load-settings.ts';
import { openProbe } from './probe.ts';
import { openPublishers } from './publish.ts';
import { openSubscribers } from './subscribe.ts';

const data = workerData as LoadThreadData;
const port = parentPort as NonNullable<typeof parentPort>;
const run = await open();
const go = once(port, 'message');
port.postMessage({ tid: ownThread() } satisfies LoadReady);
await go;
port.postMessage(await run());

async function open(): Promise<() => Promise<unknown>> {
  const { load } = data;
  switch (load.role) {
    case 'publish':
      return openPublishers(load, data);
    case 'probe':
      return openProbe(load, data);
    case 'connect':
      return openConnecting(load, data);
    case 'ask':
      return openAsker(load, data);
    case 'subscribe':
      await openSubscribers(load, data);
      // It only ends with its thread.
      return () => new Promise(() => undefined);
  }
}
