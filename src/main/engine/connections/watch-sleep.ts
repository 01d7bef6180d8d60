const everyMs = 5_000;
/** A busy machine is late by less; a clock that was set forward looks like sleep as well, which does no harm. */
const lateMs = 20_000;

/** Tells when the machine was asleep: the time of day went on while our timer stood still. Returns what ends the watch. */
export function watchSleep(onWake: () => void, now: () => number = Date.now): () => void {
  let last = now();
  const timer = setInterval(() => {
    const at = now();
    if (at - last > everyMs + lateMs) onWake();
    last = at;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
