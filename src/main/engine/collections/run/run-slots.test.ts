import { expect, test } from 'vitest';
import { createRunSlots } from './run-slots.ts';

test('more than may be at once is refused with what is running, until one of them ends', async () => {
  const slots = createRunSlots(3);
  const ends: (() => void)[] = [];
  const start = (name: string): Promise<void> => slots.hold(name, () => new Promise<void>((resolve) => ends.push(resolve)));
  const first = start('Lab');
  const second = start('Lab');
  const third = start('Site/Pumps').catch(() => undefined);
  await expect(start('Lab')).rejects.toMatchObject({
    code: 'invalid-state',
    message: '3 runs are under way, and no more run at once: “Lab” (2 times), “Site/Pumps”.',
    advice: expect.stringContaining('cancel') as string,
  });
  ends[0]?.();
  await first;
  // One that fails makes room as well.
  await expect(slots.hold('bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const fourth = start('Lab');
  for (const end of ends) end();
  await Promise.all([second, third, fourth]);
});

test('a refusal names a few of many', async () => {
  const slots = createRunSlots(7);
  for (let n = 1; n <= 7; n += 1) void slots.hold(`run ${n}`, () => new Promise(() => undefined));
  await expect(slots.hold('x', () => Promise.resolve())).rejects.toThrow('“run 5” and 2 more.');
});
