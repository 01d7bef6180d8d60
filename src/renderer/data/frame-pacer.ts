/** A hidden page is given no frames; what waits for one goes on after this long. */
const hiddenMs = 250;

/** Runs before the next paint, or a little later while the page is hidden. Returns what takes it back. */
export function onNextFrame(run: () => void): () => void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    run();
  };
  const timer = setTimeout(once, hiddenMs);
  const frame = requestAnimationFrame(once);
  return () => {
    done = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
}
