import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { firstWindowState, parseWindowState, placeWindow } from './window-state.ts';
import { WindowStateFile } from './window-state-file.ts';

const screenArea = { x: 0, y: 0, width: 1920, height: 1040 };
const second = { x: 1920, y: 0, width: 1280, height: 1000 };

test('opens where it was, on any screen that exists', () => {
  const bounds = { x: 2000, y: 50, width: 900, height: 700 };
  expect(placeWindow(bounds, [screenArea, second])).toEqual(bounds);
  expect(placeWindow(bounds, [screenArea]), 'the second screen is gone').toEqual({ x: 240, y: 70, width: 1440, height: 900 });
});

test.each([
  ['above the screen', { x: 100, y: -200, width: 900, height: 700 }],
  ['below the screen', { x: 100, y: 1035, width: 900, height: 700 }],
  ['almost beside the screen', { x: 1850, y: 100, width: 900, height: 700 }],
])('a place %s is not used', (_name, bounds) => {
  expect(placeWindow(bounds, [screenArea])).toEqual({ x: 240, y: 70, width: 1440, height: 900 });
});

test('is never larger than the screen nor smaller than useful', () => {
  expect(placeWindow({ x: 0, y: 0, width: 5000, height: 5000 }, [screenArea])).toEqual(screenArea);
  expect(placeWindow({ x: 10, y: 10, width: 300, height: 200 }, [screenArea])).toEqual({ x: 10, y: 10, width: 800, height: 560 });
  expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({ x: 0, y: 0, width: 1024, height: 700 });
});

test.each([
  '',
  'null',
  '[]',
  '{"bounds":{"x":1}}',
  '{"bounds":{"x":0.5,"y":0,"width":1,"height":1}}',
  '{"bounds":{"x":0,"y":0,"width":-1,"height":5},"theme":"pink"}',
])('nonsense %s gives the first state', (text) => expect(parseWindowState(text)).toEqual(firstWindowState));

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('survives being written and read, and a folder that is not there yet', () => {
  folder = mkdtempSync(path.join(tmpdir(), 'window-state-'));
  const file = path.join(folder, 'deep', 'window.json');
  const problems: unknown[] = [];
  const bounds = { x: 1, y: 2, width: 1000, height: 700 };
  new WindowStateFile(file, (problem) => problems.push(problem)).update({ bounds, maximized: true, theme: 'dark' });
  expect(new WindowStateFile(file, (problem) => problems.push(problem)).state).toEqual({ bounds, maximized: true, fullScreen: false, theme: 'dark' });
  expect(readdirSync(path.dirname(file))).toEqual(['window.json']);
  expect(problems).toEqual([]);
});

test('a place that cannot be written is reported, not fatal', () => {
  folder = mkdtempSync(path.join(tmpdir(), 'window-state-'));
  const blocked = path.join(folder, 'file');
  writeFileSync(blocked, 'x');
  const problems: unknown[] = [];
  const state = new WindowStateFile(path.join(blocked, 'window.json'), (problem) => problems.push(problem));
  state.update({ maximized: true });
  expect(problems).toHaveLength(1);
  expect(state.state.maximized).toBe(true);
  expect(readFileSync(blocked, 'utf8')).toBe('x');
});
