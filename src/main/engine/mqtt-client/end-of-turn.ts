/**
 * Runs a function when everything that the present event of the loop brings about has run, ticks of streams included: the microtasks come after the
 * whole queue of ticks. Earlier than `setImmediate`, which would let the loop look for new events before.
 */
export function atEndOfTurn(run: () => void): void {
  process.nextTick(queueMicrotask, run);
}
