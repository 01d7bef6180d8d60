import { expect, test } from 'vitest';
import { createNotifier } from './notifier.ts';
import { changesOf, whenNewItems, whenNewText, whenNewVersion } from './snapshot-stream.ts';

test('a state is read again only at another version', () => {
  let version = 1;
  let reads = 0;
  const read = whenNewVersion(
    () => version,
    () => (reads += 1),
  );
  expect([read(), read()]).toEqual([1, undefined]);
  version = 2;
  expect([read(), read()]).toEqual([2, undefined]);
  expect(reads).toBe(2);
});

test('a state is sent again only when its JSON differs, a list when it holds other objects', () => {
  let state: unknown = null;
  const readText = whenNewText(() => state);
  expect([readText(), readText()]).toEqual([null, undefined]);
  state = { a: 1 };
  expect([readText(), readText()]).toEqual([{ a: 1 }, undefined]);

  const one = { id: 'one' };
  let items: readonly object[] = [];
  const readItems = whenNewItems(() => items);
  expect([readItems(), readItems()]).toEqual([[], undefined]);
  items = [one];
  expect(readItems()).toEqual([one]);
  items = [one];
  expect(readItems()).toBeUndefined();
  items = [{ ...one }];
  expect(readItems()).toEqual([one]);
  items = [];
  expect(readItems()).toEqual([]);
});

test('changes of several are heard, and none after the end', () => {
  const [first, second] = [createNotifier(), createNotifier()];
  let heard = 0;
  const stop = changesOf(first, second)(() => (heard += 1));
  first.notify();
  second.notify();
  expect(heard).toBe(2);
  stop();
  first.notify();
  second.notify();
  expect(heard).toBe(2);
});
