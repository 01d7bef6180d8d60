import type { CarriedMessage } from './carried-message.ts';

/** Messages sent at once without having been acknowledged; the remote may allow less. */
const window = 256;
const perMessageBytes = 200;

export type Outcome = 'sent' | 'not-connected' | 'refused';

interface Entry {
  readonly message: CarriedMessage;
  readonly bytes: number;
  readonly number: number;
  readonly done: () => void;
}

export interface OutQueueOptions {
  readonly mostMessages: number;
  readonly mostBytes: number;
  /** Puts one on its way. `not-connected`: it waits again, in its old place. */
  readonly send: (message: CarriedMessage) => Promise<Outcome>;
  readonly onSent: (message: CarriedMessage) => void;
}

/** What waits for the remote, in its order, and what is on its way there. */
export class OutQueue {
  readonly #options: OutQueueOptions;
  #waiting: Entry[] = [];
  /** Of these, the first that has not been sent. */
  #next = 0;
  readonly #under = new Set<Entry>();
  #bytes = 0;
  #numbers = 0;
  #isOpen = false;

  constructor(options: OutQueueOptions) {
    this.#options = options;
  }

  get messages(): number {
    return this.#waiting.length - this.#next + this.#under.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False: there is no room. `done` is called when the message needs to be kept no longer. */
  add(message: CarriedMessage, done: () => void): boolean {
    const bytes = message.payload.byteLength + message.topic.length + perMessageBytes;
    if (this.messages >= this.#options.mostMessages || this.#bytes + bytes > this.#options.mostBytes) return false;
    this.#bytes += bytes;
    this.#waiting.push({ message, bytes, number: (this.#numbers += 1), done });
    this.#pump();
    return true;
  }

  /** The remote is up. */
  open(): void {
    this.#isOpen = true;
    this.#pump();
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Forgets everything; nothing of it is done. */
  clear(): void {
    this.#isOpen = false;
    this.#waiting = [];
    this.#next = 0;
    this.#under.clear();
    this.#bytes = 0;
  }

  #pump(): void {
    while (this.#isOpen && this.#under.size < window) {
      const entry = this.#take();
      if (!entry) return;
      this.#under.add(entry);
      void this.#send(entry);
    }
  }

  #take(): Entry | undefined {
    const entry = this.#waiting[this.#next];
    if (entry) this.#next += 1;
    if (this.#next === this.#waiting.length || this.#next > 1024) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    return entry;
  }

  async #send(entry: Entry): Promise<void> {
    const outcome = await this.#options.send(entry.message);
    // Everything was forgotten meanwhile.
    if (!this.#under.delete(entry)) return;
    if (outcome === 'not-connected') {
      const at = this.#waiting.findIndex(({ number }, index) => index >= this.#next && number > entry.number);
      if (at < 0) this.#waiting.push(entry);
      else this.#waiting.splice(at, 0, entry);
      return;
    }
    this.#bytes -= entry.bytes;
    if (outcome === 'sent') this.#options.onSent(entry.message);
    entry.done();
    this.#pump();
  }
}
