import { beforeEach } from 'vitest';

/** Skips the tests of a block (or file) where something is missing, and says what. */
export function needs(isThere: boolean, what: string): void {
  beforeEach(({ skip }) => skip(!isThere, what));
}
