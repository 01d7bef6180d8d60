import { describe, expect, test } from 'vitest';
import { loadedParent, loadedSiblings, treeAction, typeAhead, type TreePosition, type TreeRowInfo } from './tree-keys.ts';

/** `label:level` and `+` or `-` for branches. */
function tree(...lines: readonly string[]): (index: number) => TreeRowInfo | undefined {
  return (index) => {
    const match = /^(\w+):(\d)([+-]?)$/.exec(lines[index] ?? '');
    if (!match) return undefined;
    return {
      key: String(index),
      label: match[1] ?? '',
      level: Number(match[2]),
      expanded: match[3] === '' ? undefined : match[3] === '-',
      positionInSet: 1,
      setSize: 1,
    };
  };
}

const row = tree('demo:1-', 'kitchen:2-', 'light:3', 'lamp:3', 'garage:2+', 'lab:1+');
const at = (active: number, more: Partial<TreePosition> = {}): TreePosition => ({ active, count: 6, pageRows: 3, row, ...more });
const key = (name: string, held: { ctrlKey?: boolean; altKey?: boolean } = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('treeAction', () => {
  test('Right opens a closed branch, then steps into it, and does nothing on a leaf', () => {
    expect(treeAction(key('ArrowRight'), at(4))).toEqual({ kind: 'toggle', expanded: true });
    expect(treeAction(key('ArrowRight'), at(0))).toEqual({ kind: 'move', to: 1 });
    expect(treeAction(key('ArrowRight'), at(2))).toBeUndefined();
  });

  test('Left closes an open branch, otherwise goes to the parent', () => {
    expect(treeAction(key('ArrowLeft'), at(1))).toEqual({ kind: 'toggle', expanded: false });
    expect(treeAction(key('ArrowLeft'), at(3))).toEqual({ kind: 'parent' });
    expect(treeAction(key('ArrowLeft'), at(5))).toBeUndefined();
  });

  test('vertical keys stay inside', () => {
    expect(treeAction(key('ArrowDown'), at(5))).toEqual({ kind: 'move', to: 5 });
    expect(treeAction(key('ArrowUp'), at(0))).toEqual({ kind: 'move', to: 0 });
    expect(treeAction(key('End'), at(0))).toEqual({ kind: 'move', to: 5 });
    expect(treeAction(key('Home'), at(4))).toEqual({ kind: 'move', to: 0 });
    expect(treeAction(key('PageDown'), at(1))).toEqual({ kind: 'move', to: 4 });
    expect(treeAction(key('PageUp'), at(1))).toEqual({ kind: 'move', to: 0 });
  });

  test('the first Down lands on the first row', () => expect(treeAction(key('ArrowDown'), at(-1))).toEqual({ kind: 'move', to: 0 }));

  test('Enter, Space and * act on the row', () => {
    expect(treeAction(key('Enter'), at(2))).toEqual({ kind: 'activate' });
    expect(treeAction(key(' '), at(2))).toEqual({ kind: 'select' });
    expect(treeAction(key('*'), at(2))).toEqual({ kind: 'expand-siblings' });
  });

  test('leaves keys with modifiers to the commands', () => {
    expect(treeAction(key('ArrowRight', { altKey: true }), at(4))).toBeUndefined();
    expect(treeAction(key('Enter', { ctrlKey: true }), at(4))).toBeUndefined();
    expect(treeAction(key('End', { ctrlKey: true }), at(0))).toEqual({ kind: 'move', to: 5 });
  });

  test('does nothing in an empty tree or on a row that is not loaded', () => {
    expect(treeAction(key('ArrowDown'), at(-1, { count: 0 }))).toBeUndefined();
    expect(treeAction(key('ArrowRight'), at(3, { row: () => undefined }))).toBeUndefined();
    expect(treeAction(key('ArrowLeft'), at(3, { row: () => undefined }))).toBeUndefined();
  });
});

test('loadedParent finds the row above one level up, and nothing beyond what is loaded', () => {
  expect(loadedParent(3, row)).toBe(1);
  expect(loadedParent(4, row)).toBe(0);
  expect(loadedParent(0, row)).toBeUndefined();
  expect(loadedParent(3, (index) => (index < 2 ? undefined : row(index)))).toBeUndefined();
});

test('loadedSiblings keeps to the same parent', () => {
  expect(loadedSiblings(2, row)).toEqual([2, 3]);
  expect(loadedSiblings(4, row)).toEqual([1, 4]);
  expect(loadedSiblings(5, row)).toEqual([0, 5]);
});

describe('typeAhead', () => {
  const rows = { first: 0, end: 6 };
  test('a letter goes to the next match and around the end', () => {
    expect(typeAhead('l', 0, rows, row)).toBe(2);
    expect(typeAhead('l', 2, rows, row)).toBe(3);
    expect(typeAhead('ll', 3, rows, row)).toBe(5);
    expect(typeAhead('l', 5, rows, row)).toBe(2);
  });
  test('several letters narrow down and may stay', () => {
    expect(typeAhead('la', 0, rows, row)).toBe(3);
    expect(typeAhead('lab', 3, rows, row)).toBe(5);
    expect(typeAhead('LAM', 3, rows, row)).toBe(3);
    expect(typeAhead('x', 0, rows, row)).toBeUndefined();
  });
});
