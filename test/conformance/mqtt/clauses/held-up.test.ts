import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { unlessHeldUp } from './held-up.ts';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('counts a failure at once when nothing was held up', async () => {
  let attempts = 0;
  const failing = unlessHeldUp(() => {
    attempts += 1;
    return Promise.reject(new Error('closed'));
  });
  await expect(failing).rejects.toThrow('closed');
  expect(attempts).toBe(1);
});

it('tries anew what was held up, and counts what it comes to', async () => {
  let attempts = 0;
  await unlessHeldUp(async () => {
    attempts += 1;
    await delay(1);
    if (attempts === 3) return;
    block(400);
    throw new Error('closed');
  });
  expect(attempts).toBe(3);
});

it('ends on a machine that is always held up', async () => {
  let attempts = 0;
  const failing = unlessHeldUp(async () => {
    attempts += 1;
    await delay(1);
    block(300);
    throw new Error('closed');
  });
  await expect(failing).rejects.toThrow('closed');
  expect(attempts).toBe(5);
});
