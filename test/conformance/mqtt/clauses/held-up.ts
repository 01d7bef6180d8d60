/** What a test of timers may lose to a busy machine and still mean something. */
const mostMs = 250;
const lookEveryMs = 20;
const attempts = 5;

/**
 * For what has to happen in time: broker and client share one thread, and a machine that holds it up longer than the pause between two packets makes the
 * broker right to close. A failure counts only when nothing was held up meanwhile; otherwise it is tried anew.
 */
export async function unlessHeldUp(attempt: () => Promise<void>): Promise<void> {
  for (let left = attempts - 1; ; left -= 1) {
    let last = performance.now();
    let worstMs = 0;
    const look = (): void => {
      const now = performance.now();
      worstMs = Math.max(worstMs, now - last - lookEveryMs);
      last = now;
    };
    const timer = setInterval(look, lookEveryMs);
    try {
      await attempt();
      return;
    } catch (error) {
      look();
      if (worstMs < mostMs || left === 0) throw error;
    } finally {
      clearInterval(timer);
    }
  }
}
