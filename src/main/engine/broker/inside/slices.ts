/** What may be done in one go before everything else in the thread gets its turn. */
const longestMs = 4;

/** Long work in a thread that has others to serve: `due` is asked often and costs little, `pause` lets the others go first. */
export class Slices {
  #beganMs = performance.now();
  #asked = 0;

  /** The clock is read only now and then. */
  get due(): boolean {
    this.#asked += 1;
    return this.#asked % 64 === 0 && performance.now() - this.#beganMs > longestMs;
  }

  async pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#beganMs = performance.now();
  }
}
