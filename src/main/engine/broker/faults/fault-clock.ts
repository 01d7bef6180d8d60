/** Time as faults need it, so that tests may make their own. */
export interface FaultClock {
  /** Never goes back. */
  nowMs(): number;
  /** Runs once after this time unless what it returns is called. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: FaultClock = {
  nowMs: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.ceil(ms), 2_147_483_647));
    return () => clearTimeout(timer);
  },
};
