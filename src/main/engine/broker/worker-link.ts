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

export function launchWorker(url: URL, port: MessagePort): Worker {
  return new Worker(url, { name: 'broker', workerData: { port }, transferList: [port] });
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
