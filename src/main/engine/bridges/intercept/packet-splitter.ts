/** Bytes that splitters of many connections may hold together for packets that have not come whole. */
export interface SplitterBudget {
  left: number;
}

export interface SplitterHooks {
  /** A whole control packet: memory of its own, or a view into the chunk. */
  packet(bytes: Uint8Array): void;
  /** A packet that is too large to be held passed by unread. */
  passed(length: number): void;
  /** What comes now is no MQTT: nothing further is read. */
  lost(why: string): void;
}

const longestHeader = 5;
const firstShare = 4096;
const empty = new Uint8Array(0);

/**
 * Finds control packets in a stream by their fixed headers alone (§2.1), so that one that breaks a rule does not hide those after it. The stream
 * goes its way beside it.
 */
export class PacketSplitter {
  readonly #hooks: SplitterHooks;
  readonly #largest: number;
  readonly #budget: SplitterBudget;
  /** Of a packet that has not come whole: grows as it comes, whatever it says of its length. */
  #partial = empty;
  #held = 0;
  #header: number[] = [];
  /** Bytes of the packet that are to come; -1: its length is not known. */
  #missing = -1;
  #isPassing = false;
  #isOver = false;

  constructor(hooks: SplitterHooks, largest: number, budget: SplitterBudget) {
    this.#hooks = hooks;
    this.#largest = largest;
    this.#budget = budget;
  }

  /** The chunk must stay unchanged. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#isOver) {
      at = this.#missing < 0 ? this.#readHeader(chunk, at) : this.#readBody(chunk, at);
    }
  }

  /** Lets go of everything; nothing further is read. */
  end(): void {
    this.#isOver = true;
    this.#release();
  }

  #readHeader(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      this.#header.push(chunk[at]!);
      at += 1;
      const { length } = this.#header;
      if (length === 1) continue;
      const isLast = this.#header[length - 1]! < 0x80;
      if (!isLast && length === longestHeader) {
        this.#lose('A remaining length has more than four bytes');
        return at;
      }
      if (!isLast) continue;
      this.#begin();
      if (this.#missing === 0) this.#finish();
      // Whole in this chunk, header included: a view will do.
      else if (at - from === length && chunk.length - at >= this.#missing) {
        const end = at + this.#missing;
        const fits = length + this.#missing <= this.#largest;
        this.#reset();
        if (fits) this.#hooks.packet(chunk.subarray(from, end));
        else this.#hooks.passed(end - from);
        return end;
      } else if (!this.#isPassing) this.#hold(Uint8Array.from(this.#header));
      return at;
    }
    return at;
  }

  #begin(): void {
    let length = 0;
    for (let at = this.#header.length - 1; at >= 1; at -= 1) length = length * 128 + (this.#header[at]! & 0x7f);
    const total = this.#header.length + length;
    this.#missing = length;
    this.#isPassing = total > this.#largest || total > this.#budget.left;
  }

  #readBody(chunk: Uint8Array, from: number): number {
    const take = Math.min(this.#missing, chunk.length - from);
    if (!this.#isPassing) this.#hold(chunk.subarray(from, from + take));
    else this.#held += take;
    this.#missing -= take;
    if (this.#missing === 0) this.#finish();
    return from + take;
  }

  #hold(bytes: Uint8Array): void {
    const length = this.#held + bytes.length;
    if (length > this.#partial.length) {
      const larger = new Uint8Array(Math.max(length, Math.min(length + this.#missing, Math.max(firstShare, this.#partial.length * 2))));
      larger.set(this.#partial.subarray(0, this.#held));
      this.#partial = larger;
    }
    this.#partial.set(bytes, this.#held);
    this.#held = length;
    this.#budget.left -= bytes.length;
  }

  #finish(): void {
    const whole = this.#isPassing ? null : this.#whole();
    const passed = this.#header.length + this.#held;
    this.#release();
    this.#reset();
    if (whole) this.#hooks.packet(whole);
    else this.#hooks.passed(passed);
  }

  #whole(): Uint8Array {
    return this.#held === 0 ? Uint8Array.from(this.#header) : this.#partial.subarray(0, this.#held);
  }

  #release(): void {
    if (!this.#isPassing) this.#budget.left += this.#held;
    this.#partial = empty;
    this.#held = 0;
  }

  #reset(): void {
    this.#header = [];
    this.#missing = -1;
    this.#isPassing = false;
  }

  #lose(why: string): void {
    this.end();
    this.#hooks.lost(why);
  }
}
