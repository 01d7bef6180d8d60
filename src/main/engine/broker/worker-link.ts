import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { connect, type Client } from '../../../shared/ipc/connect.ts';
import type { BrokerWorkerContract } from './broker-contract.ts';
import { threadPortTransport } from './thread-port.ts';

export interface WorkerLink {
  readonly client: Client<BrokerWorkerContract>;
  /** Settles when the thread has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** What the thread died of, if it threw. */
  readonly lastError: Error | undefined;
  /** Ends the thread now. */
  kill(): Promise<void>;
}

export type LaunchWorker = (url: URL, port: MessagePort) => Worker;

/**
 * Memory for what has just been made, in MiB. What is read from the network lies outside this heap and is only freed when it is collected: with the
 * default of 48 MiB so much piles up before that the whole heap is marked instead, again and again. Little of it survives, so collecting often is cheap.
 */
const maxYoungGenerationSizeMb = 6;

export function launchWorker(url: URL, port: MessagePort): Worker {
  return new Worker(url, { name: 'broker', workerData: { port }, transferList: [port], resourceLimits: { maxYoungGenerationSizeMb } });
}

/** Starts the broker's thread and connects to it once: a thread that ended is replaced, never connected to again. */
export function openWorkerLink(url: URL, launch: LaunchWorker): WorkerLink {
  const { port1, port2 } = new MessageChannel();
  const worker = launch(url, port2);
  const client = connect<BrokerWorkerContract>({ open: () => Promise.resolve(threadPortTransport(port1)), backoffMs: () => undefined });
  let lastError: Error | undefined;
  worker.on('error', (error: Error) => {
    lastError = error;
  });
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      client.close();
      resolve();
    });
  });
  return {
    client,
    exited,
    get lastError() {
      return lastError;
    },
    kill: async () => {
      client.close();
      await worker.terminate();
      await exited;
    },
  };
}
