/** One timer. It goes off once; it may be moved while it waits, and set again after. */
export class WheelTimer {
  readonly onDue: () => void;
  /** In the wheel's clock; -1 while not scheduled. */
  deadlineMs = -1;
  /** Neighbours in a list of the wheel, which keeps them. */
  next: WheelTimer;
  previous: WheelTimer;

  constructor(onDue: () => void) {
    this.onDue = onDue;
    this.next = this;
    this.previous = this;
  }

  get isScheduled(): boolean {
    return this.deadlineMs >= 0;
  }
}

export interface TimerWheelOptions {
  /** A clock that only moves forward, such as `performance.now`. */
  readonly nowMs: () => number;
  /** How late a timer may be, besides what holds up the thread. */
  readonly resolutionMs?: number;
  /** Timers that go off in one tick; the others follow in the next ones. */
  readonly maxPerTick?: number;
  readonly slots?: number;
  /** Told the time at each tick, before any timer goes off. */
  readonly onTick?: (nowMs: number) => void;
}

const ignore = (): void => undefined;

/** Timers looked at in one tick for each that may go off, those of later rounds included. */
const looksPerTimer = 16;

/**
 * Coarse timers for keep-alive, expiry and will delay: one interval for all of them. Setting, moving and cancelling cost the
 * same whatever their number. A timer never goes off early.
 *
 * Timers stand in the slot of the tick they are due in, modulo the number of slots. One that is put off stays where it is and
 * moves when its old slot comes, so keep-alive costs one store for each packet.
 */
export class TimerWheel {
  readonly #nowMs: () => number;
  readonly #resolutionMs: number;
  readonly #maxPerTick: number;
  readonly #onTick: (nowMs: number) => void;
  readonly #slots: WheelTimer[] = [];
  /** What is taken out of a slot and not yet looked at. */
  readonly #due = new WheelTimer(ignore);
  /** The next tick to look at. */
  #tick: number;
  #size = 0;
  #interval: NodeJS.Timeout | null = null;

  constructor({ nowMs, resolutionMs = 200, maxPerTick = 1000, slots = 1024, onTick = ignore }: TimerWheelOptions) {
    this.#nowMs = nowMs;
    this.#resolutionMs = resolutionMs;
    this.#maxPerTick = maxPerTick;
    this.#onTick = onTick;
    for (let slot = 0; slot < slots; slot += 1) this.#slots.push(new WheelTimer(ignore));
    this.#tick = Math.floor(nowMs() / resolutionMs);
  }

  get size(): number {
    return this.#size;
  }

  start(): void {
    this.#interval ??= setInterval(() => this.advance(), this.#resolutionMs).unref();
  }

  /** Timers stay scheduled, and go off after the next start. */
  stop(): void {
    if (this.#interval !== null) clearInterval(this.#interval);
    this.#interval = null;
  }

  /** A new timer. With a delay of Infinity it never goes off. */
  schedule(delayMs: number, onDue: () => void): WheelTimer {
    const timer = new WheelTimer(onDue);
    this.reschedule(timer, delayMs);
    return timer;
  }

  /** Moves a timer, or sets it again when it went off or was cancelled. */
  reschedule(timer: WheelTimer, delayMs: number): void {
    if (delayMs === Infinity) {
      this.cancel(timer);
      return;
    }
    const deadlineMs = this.#nowMs() + Math.max(0, delayMs);
    const before = timer.deadlineMs;
    timer.deadlineMs = deadlineMs;
    if (before < 0) this.#size += 1;
    else if (before <= deadlineMs) return;
    else unlink(timer);
    this.#insert(timer);
  }

  cancel(timer: WheelTimer | undefined): void {
    if (timer === undefined || timer.deadlineMs < 0) return;
    timer.deadlineMs = -1;
    this.#size -= 1;
    unlink(timer);
  }

  /** Sets off what is due; called by the interval. True when nothing due was left for the next call. */
  advance(): boolean {
    const nowMs = this.#nowMs();
    const current = Math.floor(nowMs / this.#resolutionMs);
    this.#onTick(nowMs);
    // After a long sleep one round sees every slot.
    if (current - this.#tick >= this.#slots.length) this.#tick = current - this.#slots.length + 1;
    let looks = this.#maxPerTick * looksPerTimer;
    let room = this.#maxPerTick;
    for (;;) {
      for (let timer = this.#due.next; timer !== this.#due; timer = this.#due.next) {
        if (room === 0 || looks === 0) return false;
        looks -= 1;
        unlink(timer);
        if (timer.deadlineMs > nowMs) this.#insert(timer);
        else {
          room -= 1;
          this.#size -= 1;
          timer.deadlineMs = -1;
          timer.onDue();
        }
      }
      if (this.#tick > current) return true;
      take(this.#slots[this.#tick % this.#slots.length] as WheelTimer, this.#due);
      this.#tick += 1;
    }
  }

  #insert(timer: WheelTimer): void {
    const tick = Math.max(Math.ceil(timer.deadlineMs / this.#resolutionMs), this.#tick);
    const slot = this.#slots[tick % this.#slots.length] as WheelTimer;
    timer.previous = slot.previous;
    timer.next = slot;
    slot.previous.next = timer;
    slot.previous = timer;
  }
}

function unlink(timer: WheelTimer): void {
  timer.previous.next = timer.next;
  timer.next.previous = timer.previous;
  timer.next = timer;
  timer.previous = timer;
}

/** Moves a whole list to the end of another. */
function take(from: WheelTimer, to: WheelTimer): void {
  if (from.next === from) return;
  from.next.previous = to.previous;
  to.previous.next = from.next;
  from.previous.next = to;
  to.previous = from.previous;
  from.next = from;
  from.previous = from;
}
