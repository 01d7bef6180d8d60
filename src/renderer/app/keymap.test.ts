import { describe, expect, test } from 'vitest';
import { parseChord, type Chord } from '../ui/chord.ts';
import type { Command } from './command-registry.ts';
import { bindingsOf, commandFor, rebind } from './keymap.ts';

const command = (id: string, shortcut?: string, when?: () => boolean): Command => ({ id, title: id, group: 'Test', shortcut, when, run: () => undefined });
const chord = (text: string): Chord => {
  const parsed = parseChord(text);
  if (!parsed) throw new Error(text);
  return parsed;
};
const palette = command('view.palette', 'Mod+K');
const publish = command('publish.send', 'Mod+Enter');
const help = command('view.help', '?');
const all = [palette, publish, help];

describe('bindingsOf', () => {
  test('overrides replace, remove and survive nonsense', () => {
    const bound = (overrides: Record<string, string | null>) => bindingsOf(all, overrides, false)[0];
    expect(bound({})).toMatchObject({ chord: 'Mod+K', changed: false });
    expect(bound({ 'view.palette': 'Mod+P' })).toMatchObject({ chord: 'Mod+P', changed: true });
    expect(bound({ 'view.palette': null })).toMatchObject({ chord: undefined, changed: true });
    expect(bound({ 'view.palette': 'Hyper+Q' })).toMatchObject({ chord: 'Mod+K', changed: false });
  });

  test('names conflicts on both sides, whatever the spelling', () => {
    const bindings = bindingsOf(all, { 'view.palette': 'ctrl+enter' }, false);
    expect(bindings[0]?.conflicts).toEqual([publish]);
    expect(bindings[1]?.conflicts).toEqual([palette]);
    expect(bindingsOf(all, { 'view.palette': 'ctrl+enter' }, true)[0]?.conflicts).toEqual([]);
  });

  test('commands of different places, or views of one, share keys, and take none from each other', () => {
    const call: Command = { ...command('rpc.call', 'Mod+Enter'), place: 'rpc' };
    const send: Command = { ...publish, place: 'topics' };
    expect(bindingsOf([call, send, help], {}, false).flatMap(({ conflicts }) => conflicts)).toEqual([]);
    expect(rebind([call, send], {}, 'rpc.call', 'Mod+Enter', true, false)).toEqual({});
    const tried: Command = { ...command('rpc.try', 'Mod+Enter'), place: 'rpc', view: 'nodes' };
    expect(bindingsOf([call, tried], {}, false)[0]?.conflicts).toEqual([tried]);
    expect(bindingsOf([{ ...call, view: 'calls' }, tried], {}, false).flatMap(({ conflicts }) => conflicts)).toEqual([]);
    expect(rebind([call, send, palette], {}, 'rpc.call', 'Mod+K', true, false)).toEqual({ 'rpc.call': 'Mod+K', 'view.palette': null });
  });
});

describe('commandFor', () => {
  const bindings = bindingsOf(all, {}, false);
  test('finds the command, also inside a text field when the chord types nothing', () => {
    expect(commandFor(chord('Mod+K'), bindings, false, true)).toBe(palette);
    expect(commandFor(chord('?'), bindings, false, false)).toBe(help);
    expect(commandFor(chord('?'), bindings, false, true)).toBeUndefined();
    expect(commandFor(chord('Mod+J'), bindings, false, false)).toBeUndefined();
  });

  test('of several, the last one that can be run', () => {
    const general = command('a', 'F2');
    const special = command('b', 'F2');
    const off = command('c', 'F2', () => false);
    expect(commandFor(chord('F2'), bindingsOf([general, special, off], {}, false), false, false)).toBe(special);
  });
});

describe('rebind', () => {
  test('keeps only differences from the defaults', () => {
    expect(rebind(all, {}, 'view.palette', 'Mod+P', false, false)).toEqual({ 'view.palette': 'Mod+P' });
    expect(rebind(all, { 'view.palette': 'Mod+P' }, 'view.palette', 'Ctrl+K', false, false)).toEqual({});
    expect(rebind(all, {}, 'view.palette', null, false, false)).toEqual({ 'view.palette': null });
  });

  test('takes the keys away from others when asked to', () => {
    expect(rebind(all, {}, 'view.palette', 'Mod+Enter', true, false)).toEqual({ 'view.palette': 'Mod+Enter', 'publish.send': null });
  });
});
