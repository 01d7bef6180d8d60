import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { processorSeconds } from '../process-facts.ts';
import { mostThreadsOfAKind, place, type Load, type LoadReady, type LoadThreadData } from './load-settings.ts';

interface Thread {
  readonly worker: Worker;
  readonly load: Load;
  readonly tid: number | null;
}

/** The threads of a load beside one broker. */
export class RunningLoad {
  readonly #shared = new SharedArrayBuffer(place.size * Int32Array.BYTES_PER_ELEMENT);
  readonly #counters = new Int32Array(this.#shared);
  readonly #threads: Thread[] = [];
  readonly #done: Promise<unknown>[] = [];

  /** Starts a thread for each, one after the other: all of them are connected and have subscribed when this resolves. */
  static async open(port: number, loads: readonly Load[]): Promise<RunningLoad> {
    const running = new RunningLoad();
    try {
      for (const load of loads) await running.#add(port, load);
    } catch (error) {
      await running.close();
      throw error;
    }
    return running;
  }

  async #add(port: number, load: Load): Promise<void> {
    const index = this.#threads.filter((thread) => thread.load.role === load.role).length;
    if (index >= mostThreadsOfAKind) throw new RangeError('There is no place to count for so many threads.');
    const workerData: LoadThreadData = { port, load, index, shared: this.#shared };
    const worker = new Worker(new URL('./load-thread.ts', import.meta.url), { workerData });
    const [{ tid }] = (await once(worker, 'message')) as [LoadReady];
    this.#threads.push({ worker, load, tid });
  }

  /** All but the subscribers, who are there already, begin. */
  go(): void {
    for (const { worker, load } of this.#threads) {
      if (load.role === 'subscribe') continue;
      this.#done.push(once(worker, 'message').then(([result]: unknown[]) => result));
      worker.postMessage('go');
    }
  }

  /** What they have to say when they are done by themselves, in the order they were given. */
  done(): Promise<readonly unknown[]> {
    return Promise.all(this.#done);
  }

  /** Ends those that go on until they are told; resolves when what they sent at QoS 1 and 2 is acknowledged. */
  stop(): Promise<readonly unknown[]> {
    Atomics.store(this.#counters, place.stop, 1);
    return this.done();
  }

  get received(): number {
    return this.#sum(place.received);
  }

  get sent(): number {
    return this.#sum(place.sent);
  }

  /** Processor seconds of each thread so far. */
  processorSeconds(): readonly (number | null)[] {
    return this.#threads.map(({ tid }) => (tid === null ? null : processorSeconds(process.pid, tid)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #sum(first: number): number {
    let sum = 0;
    for (let at = first; at < first + mostThreadsOfAKind; at += 1) sum += Atomics.load(this.#counters, at);
    return sum;
  }
}
