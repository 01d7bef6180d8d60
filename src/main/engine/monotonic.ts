/** ms of the clock that never goes back, with fractions. It is the same in all threads, which `performance.now()` is not. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1_000_000;
}
