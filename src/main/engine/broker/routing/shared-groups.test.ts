import { strictEqual as same } from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import { RandomTopics } from './random-topics.ts';
import { matchOfOne } from './session-match.ts';
import { parseShared, SharedGroup, type GroupMember } from './shared-groups.ts';

interface Worker {
  readonly name: string;
  state: 'ready' | 'busy' | 'away' | 'gone';
  served: number;
}

const policy = {
  isReady: ({ state }: Worker) => state === 'ready',
  isConnected: ({ state }: Worker) => state === 'ready' || state === 'busy',
  canQueue: ({ state }: Worker) => state !== 'gone',
};
const worker = (name: string, state: Worker['state'] = 'ready'): Worker => ({ name, state, served: 0 });
const memberFor = (session: Worker): GroupMember<Worker> => ({
  match: matchOfOne(session, 'jobs/#', { qos: 1, noLocal: false, retainAsPublished: false, subscriptionIdentifier: 0 }),
  index: -1,
});
const groupOf = (...workers: readonly Worker[]): { readonly group: SharedGroup<Worker>; readonly members: readonly GroupMember<Worker>[] } => {
  const group = new SharedGroup<Worker>('g', 'jobs/#', policy);
  const members = workers.map(memberFor);
  for (const member of members) group.join(member);
  return { group, members };
};
const picks = (group: SharedGroup<Worker>, count: number): string => Array.from({ length: count }, () => group.pick()?.session.name ?? '-').join('');

describe('parseShared', () => {
  it.each([
    ['$share/g/a/+', { name: 'g', filter: 'a/+' }],
    ['$share/g//', { name: 'g', filter: '/' }],
    ['$share/g/#', { name: 'g', filter: '#' }],
    ['$share/g', null],
    ['$share/g/', null],
    ['$share//a', null],
    ['$share', null],
    ['$shared/g/a', null],
    ['a/$share/g/b', null],
  ])('%s: %j', (filter, parts) => {
    expect(parseShared(filter)).toEqual(parts);
  });
});

describe('SharedGroup (§4.8.2)', () => {
  it('gives each member its turn', () => {
    expect(picks(groupOf(worker('a'), worker('b'), worker('c')).group, 7)).toBe('abcabca');
  });

  it('gives nobody anything when it is empty', () => {
    expect(groupOf().group.pick()).toBeNull();
  });

  it('passes over who is not ready, who comes first once it is', () => {
    const [a, b, c] = [worker('a'), worker('b'), worker('c')];
    const { group } = groupOf(a, b, c);
    b.state = 'busy';
    expect(picks(group, 5)).toBe('acaca');
    b.state = 'ready';
    expect(picks(group, 2)).toContain('b');
    b.state = 'away';
    expect(picks(group, 40)).not.toContain('b');
  });

  it('prefers a connected member to one that is away, when none is ready', () => {
    const { group } = groupOf(worker('a', 'away'), worker('b', 'busy'), worker('c', 'gone'), worker('d', 'busy'));
    expect(picks(group, 4)).toBe('bdbd');
  });

  it('lets members with a kept session queue in turn when none is connected, and loses the message when there is none', () => {
    expect(picks(groupOf(worker('a', 'away'), worker('b', 'gone'), worker('c', 'away')).group, 4)).toBe('acac');
    expect(groupOf(worker('a', 'gone')).group.pick()).toBeNull();
  });

  it('finds somebody else than the excluded one, or nobody', () => {
    const [a, b] = [worker('a'), worker('b', 'busy')];
    const { group, members } = groupOf(a, b);
    expect([group.pick(a)?.session, group.pick(b)?.session]).toEqual([b, a]);
    group.leave(members[1] as GroupMember<Worker>);
    expect(group.pick(a)).toBeNull();
  });

  it('keeps the turns when members come and go', () => {
    const { group, members } = groupOf(...Array.from('abcde', (name) => worker(name)));
    expect(picks(group, 3)).toBe('abc');
    group.leave(members[0] as GroupMember<Worker>);
    expect(Array.from(picks(group, 2)).toSorted().join('')).toBe('de');
    group.join(memberFor(worker('f')));
    expect(picks(group, 1)).toBe('f');
    expect(Array.from(picks(group, 5)).toSorted().join('')).toBe('bcdef');
  });

  it('can lose members while a message is being given', () => {
    const { group, members } = groupOf(worker('a'), worker('b'));
    const chosen = group.pick();
    group.leave(members[0] as GroupMember<Worker>);
    expect(chosen?.session.name).toBe('a');
    expect(picks(group, 2)).toBe('bb');
    group.leave(members[1] as GroupMember<Worker>);
    expect([group.pick(), group.size]).toEqual([null, 0]);
  });

  it.each([1, 2, 3])('is fair and never passes over the ready, over 20,000 operations (seed %d)', (seed) => {
    const random = new RandomTopics(seed);
    const group = new SharedGroup<Worker>('g', 'jobs/#', policy);
    const members: GroupMember<Worker>[] = [];
    for (let step = 0; step < 20_000; step += 1) {
      const what = random.integer(100);
      if (what < 8 && members.length < 12) {
        const member = memberFor(worker(String(step), random.pick(['ready', 'ready', 'busy', 'away', 'gone'] as const)));
        members.push(member);
        group.join(member);
      } else if (what < 14 && members.length > 0) {
        const [member] = members.splice(random.integer(members.length), 1);
        group.leave(member as GroupMember<Worker>);
      } else if (what < 24 && members.length > 0) random.pick(members).match.session.state = random.pick(['ready', 'ready', 'busy', 'away', 'gone'] as const);
      else if (what < 26) {
        // While nothing changes, no ready member gets ahead of another by more than one.
        const ready = members.map(({ match }) => match.session).filter(({ state }) => state === 'ready');
        for (const session of ready) session.served = 0;
        for (let n = 0; n < 3 * members.length; n += 1) {
          const chosen = group.pick();
          if (chosen) chosen.session.served += 1;
        }
        const served = ready.map((session) => session.served);
        // A round that was under way at the start ends first, which may give one member a second turn.
        if (ready.length > 0) expect(Math.max(...served) - Math.min(...served)).toBeLessThanOrEqual(2);
      } else {
        const exclude = random.chance(30) && members.length > 0 ? random.pick(members).match.session : null;
        const others = members.map(({ match }) => match.session).filter((session) => session !== exclude);
        const chosen = group.pick(exclude)?.session ?? null;
        const best = ['ready', 'busy', 'away'].find((state) => others.some((session) => session.state === state));
        same(chosen?.state, best);
        if (chosen) same(others.includes(chosen), true);
      }
      same(group.size, members.length);
    }
    expect(new Set(group.members)).toEqual(new Set(members));
    expect(group.members.every(({ index }, at) => index === at)).toBe(true);
  });
});
