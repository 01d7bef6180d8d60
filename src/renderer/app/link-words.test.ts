import { describe, expect, test } from 'vitest';
import { linkTrouble } from './link-words.ts';

const link = { state: 'open', reason: undefined, everOpen: true, health: undefined } as const;

describe('linkTrouble', () => {
  test('is silent while all is well', () => {
    expect(linkTrouble(link, false)).toBeUndefined();
    expect(linkTrouble({ ...link, health: 'running' }, true)).toBeUndefined();
  });

  test('offers the way out that fits', () => {
    expect(linkTrouble({ ...link, state: 'waiting' }, false)?.action).toBe('try-now');
    expect(linkTrouble({ ...link, state: 'waiting', health: 'restarting' }, true)?.action).toBe('wait');
    expect(linkTrouble({ ...link, state: 'waiting', health: 'failed' }, true)?.action).toBe('restart');
    expect(linkTrouble({ ...link, health: 'not-responding' }, true)?.action).toBe('restart');
    expect(linkTrouble({ ...link, state: 'closed', reason: 'version mismatch' }, false)?.action).toBe('reload');
  });

  test.each(['failed', 'not-responding', 'restarting'] as const)('promises nothing of a new start of the engine that it does not do (%s)', (health) => {
    const text = linkTrouble({ ...link, state: 'waiting', health }, true)?.text;
    expect(text).toContain('The local broker and the connections end with it and stay stopped until you start them again.');
    expect(text).not.toContain('anew');
  });

  test('tells a first failure from a loss', () => {
    expect(linkTrouble({ ...link, state: 'waiting', everOpen: false }, false)?.title).toBe('The workbench cannot be reached');
    expect(linkTrouble({ ...link, state: 'waiting' }, false)?.title).toBe('The connection to the workbench was lost');
  });
});
