import { expect, test } from 'vitest';
import { guardUnsaved } from './unsaved-guard.ts';

const closes = (page: EventTarget): boolean => page.dispatchEvent(new Event('beforeunload', { cancelable: true }));

test('asks while something is unsaved, whatever is shown', () => {
  const page = new EventTarget();
  let unsaved = false;
  const end = guardUnsaved(() => unsaved, page);
  expect(closes(page)).toBe(true);
  unsaved = true;
  expect(closes(page)).toBe(false);
  unsaved = false;
  expect(closes(page)).toBe(true);
  unsaved = true;
  end();
  expect(closes(page)).toBe(true);
});

test('one place with nothing to lose does not speak for another', () => {
  const page = new EventTarget();
  guardUnsaved(() => false, page);
  guardUnsaved(() => true, page);
  guardUnsaved(() => false, page);
  expect(closes(page)).toBe(false);
});

test('without a page there is nothing to guard', () => {
  expect(() => guardUnsaved(() => true)()).not.toThrow();
});
