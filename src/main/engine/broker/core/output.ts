import type { Duplex } from 'node:stream';

/** What is collected for one client within a turn at most. */
const flushBytes = 65_536;
/** Parts that are this large on average are handed to the system as a list; smaller ones cost less when they are copied together. */
const listedPartBytes = 2048;

/** What the scheduler reads and counts. */
export interface OutputCounters {
  bytesSent: number;
  readonly publishSent: number;
}

/** The clock of the broker, as it was read last and anew, and where times from reading to writing are counted. */
export interface OutputTiming {
  readonly nowMs: number;
  tick(): number;
  readonly latency: { add(us: number, times: number): void };
}

/** Writes what every connection has collected, once per turn of the event loop. */
export class OutputScheduler {
  readonly #counters: OutputCounters;
  readonly #timing: OutputTiming;
  /** When that was read which led to the first output of the turn, and the messages sent before. */
  #sinceMs = 0;
  #publishedBefore = 0;
  #waiting: Output[] = [];
  #scheduled = false;

  constructor(counters: OutputCounters, timing: OutputTiming) {
    this.#counters = counters;
    this.#timing = timing;
  }

  sent(bytes: number): void {
    this.#counters.bytesSent += bytes;
  }

  add(output: Output): void {
    this.#waiting.push(output);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#sinceMs = this.#timing.nowMs;
    this.#publishedBefore = this.#counters.publishSent;
    setImmediate(this.#run);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    const outputs = this.#waiting;
    this.#waiting = [];
    const sinceMs = this.#sinceMs;
    const published = this.#counters.publishSent - this.#publishedBefore;
    for (let at = 0; at < outputs.length; at += 1) (outputs[at] as Output).flushTurn();
    // All messages of the turn count as long as the one that waited longest: one reading of the clock for all of them.
    if (published > 0) this.#timing.latency.add((this.#timing.tick() - sinceMs) * 1000, published);
  };
}

/** The way out to one client: packets are collected and leave together, so that a burst costs one system call. */
export class Output {
  readonly #stream: Duplex;
  readonly #scheduler: OutputScheduler;
  readonly #owner: { flushed(): void };
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #queued = false;
  #isHeld = false;
  /** Handed to the system since the connection began. */
  bytesSent = 0;

  /** `owner` is told when more may be pushed at once; where the stream is full, its `drain` says so. */
  constructor(stream: Duplex, scheduler: OutputScheduler, owner: { flushed(): void }) {
    this.#stream = stream;
    this.#scheduler = scheduler;
    this.#owner = owner;
  }

  /** Bytes that have not reached the system yet. */
  get pendingBytes(): number {
    return this.#bytes + this.#stream.writableLength;
  }

  push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#bytes += bytes.byteLength;
    if (this.#queued) {
      if (this.#bytes >= flushBytes) this.flush();
      return;
    }
    this.#queued = true;
    this.#scheduler.add(this);
  }

  flush(): void {
    this.#queued = false;
    const parts = this.#parts;
    if (parts.length === 0 || this.#isHeld) return;
    const bytes = this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    const stream = this.#stream;
    if (!stream.writable) return;
    this.#scheduler.sent(bytes);
    this.bytesSent += bytes;
    if (parts.length === 1) stream.write(parts[0]);
    else if (bytes < parts.length * listedPartBytes) stream.write(Buffer.concat(parts, bytes));
    else {
      stream.cork();
      for (let at = 0; at < parts.length; at += 1) stream.write(parts[at]);
      stream.uncork();
    }
  }

  /** The flush of the turn. Only here, and in `release`, is nobody in the middle of pushing who could be surprised by more. */
  flushTurn(): void {
    this.flush();
    if (!this.#stream.writableNeedDrain) this.#owner.flushed();
  }

  /** Nothing leaves until `release`; it is collected, and counts as pending. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.flushTurn();
  }

  /** Sends what is collected; whether the system has taken all of it. */
  isEmptied(): boolean {
    this.#isHeld = false;
    this.flush();
    return this.#stream.writableLength === 0;
  }

  /** Sends what is collected and closes our side. */
  end(): void {
    this.#isHeld = false;
    this.flush();
    this.#stream.end();
  }
}
