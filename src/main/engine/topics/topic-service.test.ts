import { describe, expect, test } from 'vitest';
import type { TopicRow, TopicsFrame } from '../../../shared/contract/topics.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { createTopicIndexes, type TopicService, type TopicViewHandle } from './index.ts';
import { compareNames } from './natural-order.ts';

/** Time that only moves when told. */
class Clock {
  nowMs = 1_000_000;
  #timers: { at: number; run: () => void }[] = [];
  readonly setTimer = (run: () => void, ms: number): unknown => {
    const timer = { at: this.nowMs + ms, run };
    this.#timers.push(timer);
    return timer;
  };
  readonly clearTimer = (timer: unknown): void => void (this.#timers = this.#timers.filter((other) => other !== timer));
  advance(ms: number): void {
    const end = this.nowMs + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = Math.max(this.nowMs, next.at);
      next.run();
    }
    this.nowMs = end;
  }
}

let id = 0;
function message(topic: string, payload: string | Uint8Array = 'x', more: Partial<MessageRecord> = {}): MessageRecord {
  id += 1;
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return { id, timeUs: id, topic, payload: bytes, qos: 0, retain: false, dup: false, direction: 'in', publisher: null, properties: null, ...more };
}

interface Bench {
  readonly clock: Clock;
  readonly service: TopicService;
  readonly view: TopicViewHandle;
  readonly frames: TopicsFrame[];
  last(): TopicsFrame;
  names(): string[];
}

function open(options: { count?: number; filter?: string; sort?: 'name' | 'messages' | 'recent' } = {}): Bench {
  const clock = new Clock();
  const service = createTopicIndexes({ now: () => clock.nowMs, setTimer: clock.setTimer, clearTimer: clock.clearTimer });
  const frames: TopicsFrame[] = [];
  const view = service.openView(
    { source: 'broker', first: 0, count: options.count ?? 100, filter: options.filter ?? '', sort: options.sort ?? 'name' },
    (frame) => frames.push(frame),
  );
  const last = (): TopicsFrame => {
    clock.advance(1500);
    return frames.at(-1) as TopicsFrame;
  };
  return { clock, service, view, frames, last, names: () => last().rows.map((row) => row.path) };
}

const row = (frame: TopicsFrame, path: string): TopicRow => frame.rows.find((candidate) => candidate.path === path) as TopicRow;

describe('the tree', () => {
  test('counts messages and topics in every branch', () => {
    const { service, view, last } = open();
    service.ingest('broker', [message('a/b'), message('a/b'), message('a/c'), message('a')]);
    view.setExpanded('a', true, false);
    const frame = last();
    expect(frame).toMatchObject({ totalRows: 3, topicCount: 3, messageCount: 4, matchCount: null });
    expect(row(frame, 'a')).toMatchObject({ depth: 0, childCount: 2, topicCount: 3, messageCount: 4, ownMessageCount: 1, expanded: true, setSize: 1 });
    expect(row(frame, 'a/b')).toMatchObject({ depth: 1, messageCount: 2, positionInSet: 1, setSize: 2 });
  });

  test('empty levels are levels', () => {
    const { service, view, names } = open();
    service.ingest('broker', [message('/a'), message('a//b'), message('a/')]);
    for (const path of ['', 'a', 'a/']) view.setExpanded(path, true, false);
    expect(names()).toEqual(['', '/a', 'a', 'a/', 'a//b']);
  });

  test('marks retained topics until they are cleared', () => {
    const { service, last } = open();
    service.ingest('broker', [message('a', 'on', { retain: true }), message('b/c', 'on', { retain: true })]);
    expect(row(last(), 'a').retained).toBe(true);
    expect(service.retainedUnder('broker', 'b')).toEqual(['b/c']);
    service.ingest('broker', [message('a', new Uint8Array(), { retain: true })]);
    expect(row(last(), 'a')).toMatchObject({ retained: false, preview: '', previewKind: 'empty' });
    expect(service.retainedCount('broker', 'a')).toBe(0);
  });

  test('forgets the retained marks of one source, in open views as well', () => {
    const { service, frames, last } = open();
    for (const source of ['broker', 'connection:a'] as const) {
      service.ingest(source, [message('a', 'on', { retain: true }), message('a/b/c', 'on', { retain: true })]);
    }
    expect(row(last(), 'a').retained).toBe(true);
    const before = frames.length;
    service.forgetRetained('broker');
    expect(row(last(), 'a')).toMatchObject({ retained: false, preview: 'on', messageCount: 2 });
    expect(frames.length).toBeGreaterThan(before);
    expect([service.retainedCount('broker', 'a'), service.retainedCount('connection:a', 'a')]).toEqual([0, 2]);
    service.ingest('broker', [message('a/b/c', 'on', { retain: true })]);
    expect(service.retainedUnder('broker', 'a')).toEqual(['a/b/c']);
    service.markRetained('broker', ['a', 'a/b', 'never/seen']);
    expect(row(last(), 'a').retained).toBe(true);
    expect(service.retainedUnder('broker', 'a').toSorted()).toEqual(['a', 'a/b/c']);
    expect(service.stats('broker')).toEqual({ topicCount: 2, messageCount: 3 });
  });

  test('previews values on one line', () => {
    const { service, last } = open();
    service.ingest('broker', [
      message('json', '{\n  "a": 1\n}'),
      message('text', 'on  off'),
      message('bin', new Uint8Array([0xff, 0, 1])),
      message('long', 'é'.repeat(500)),
      message('n', '12.5'),
    ]);
    const frame = last();
    expect(row(frame, 'json')).toMatchObject({ preview: '{ "a": 1 }', previewKind: 'json' });
    expect(row(frame, 'text')).toMatchObject({ preview: 'on off', previewKind: 'text' });
    expect(row(frame, 'bin')).toMatchObject({ preview: 'ff 00 01', previewKind: 'binary' });
    expect(row(frame, 'long').previewKind).toBe('text');
    expect(row(frame, 'n').previewKind).toBe('json');
  });

  test('a topic of 10,000 levels is just a long branch', () => {
    const { service, view, last } = open();
    service.ingest('broker', [message(Array.from({ length: 10_000 }, () => 'a').join('/'))]);
    view.setExpanded('a', true, true);
    expect(last().totalRows).toBe(10_000);
  });
});

describe('views', () => {
  test('only the rows asked for travel, and the end is never passed', () => {
    const { service, view, last } = open({ count: 5 });
    service.ingest(
      'broker',
      Array.from({ length: 100_000 }, (_, index) => message(`t${index}`)),
    );
    expect(last()).toMatchObject({ totalRows: 100_000, firstRow: 0 });
    view.setView({ first: 50_000, count: 5, filter: '', sort: 'name' });
    expect(last().rows.map(({ name, positionInSet, setSize }) => [name, positionInSet, setSize])).toEqual(
      [50_000, 50_001, 50_002, 50_003, 50_004].map((n) => [`t${n}`, n + 1, 100_000]),
    );
    view.setView({ first: 99_999_999, count: 5, filter: '', sort: 'name' });
    expect(last().firstRow).toBe(99_995);
    expect(view.rowAt(99_999)?.name).toBe('t99999');
    expect(view.rowAt(100_000)).toBeNull();
  });

  test('at most 20 frames a second, and none when nothing changes', () => {
    const { clock, service, frames } = open();
    for (let n = 0; n < 1000; n += 1) {
      service.ingest('broker', [message('a')]);
      clock.advance(1);
    }
    expect(frames.length).toBeLessThanOrEqual(22);
    expect(frames.length).toBeGreaterThan(15);
    clock.advance(60_000);
    const count = frames.length;
    expect(frames.at(-1)?.rate).toBe(0);
    clock.advance(60_000);
    expect(frames.length).toBe(count);
  });

  test('rates approach the real rate', () => {
    const { clock, service, last } = open();
    for (let n = 0; n < 600; n += 1) {
      service.ingest(
        'broker',
        Array.from({ length: 5 }, () => message('a')),
      );
      clock.advance(50);
    }
    service.ingest('broker', [message('b')]);
    clock.advance(50);
    expect(last().rate).toBeGreaterThan(60);
  });

  test('sorts by messages and by time', () => {
    const { service, view, names } = open({ sort: 'messages' });
    service.ingest('broker', [message('a'), message('c'), message('c'), message('b')]);
    expect(names()).toEqual(['c', 'a', 'b']);
    view.setView({ first: 0, count: 9, filter: '', sort: 'recent' });
    expect(names()).toEqual(['b', 'c', 'a']);
  });

  test('reveals a topic and says where it is', () => {
    const { service, view, names } = open();
    service.ingest('broker', [message('a/b/c'), message('a/b/d'), message('z')]);
    expect(view.reveal('a/b/d')).toBe(3);
    expect(names()).toEqual(['a', 'a/b', 'a/b/c', 'a/b/d', 'z']);
    expect(view.reveal('nowhere')).toBeNull();
  });

  test('clearing empties open views and lets them go on', () => {
    const { service, last, names } = open();
    service.ingest('broker', [message('a')]);
    expect(names()).toEqual(['a']);
    service.clear('broker');
    expect(last()).toMatchObject({ totalRows: 0, topicCount: 0 });
    service.ingest('broker', [message('b')]);
    expect(names()).toEqual(['b']);
  });

  test('a seed from the history adds to what has already arrived', () => {
    const { service, last } = open();
    service.ingest('broker', [message('a', 'new')]);
    const head = new TextEncoder().encode('old');
    service.seed('broker', [
      { topic: 'a', count: 10, lastTimeUs: 5, head, sizeBytes: 3, retained: true },
      { topic: 'b', count: 2, lastTimeUs: 6, head, sizeBytes: 3, retained: true },
    ]);
    const frame = last();
    expect(frame).toMatchObject({ topicCount: 2, messageCount: 13 });
    expect(row(frame, 'a')).toMatchObject({ messageCount: 11, preview: 'new', retained: false });
    expect(row(frame, 'b')).toMatchObject({ messageCount: 2, preview: 'old', retained: true });
  });
});

describe('filters', () => {
  const topics = ['site/hall/temp', 'site/hall/hum', 'site/yard/temp', '$SYS/uptime', 'Other/Temp'];

  test.each([
    ['temp', ['Other', 'Other/Temp', 'site', 'site/hall', 'site/hall/temp', 'site/yard', 'site/yard/temp']],
    ['hall temp', ['site', 'site/hall', 'site/hall/temp']],
    ['site/+/temp', ['site', 'site/hall', 'site/hall/temp', 'site/yard', 'site/yard/temp']],
    ['$SYS/#', ['$SYS', '$SYS/uptime']],
    ['nothing', []],
  ])('%s', (filter, expected) => {
    const { service, names } = open({ filter });
    service.ingest(
      'broker',
      topics.map((topic) => message(topic)),
    );
    expect(names()).toEqual(expected);
  });

  test('hits that arrive later appear, and clearing the filter gives the tree back', () => {
    const { service, view, names, last } = open();
    service.ingest('broker', [message('a/x'), message('b/x')]);
    view.setExpanded('b', true, false);
    view.setView({ first: 0, count: 9, filter: 'y', sort: 'name' });
    expect(last()).toMatchObject({ totalRows: 0, matchCount: 0 });
    service.ingest('broker', [message('a/y')]);
    expect(names()).toEqual(['a', 'a/y']);
    expect(last().matchCount).toBe(1);
    view.setExpanded('a', false, false);
    expect(names()).toEqual(['a']);
    view.setView({ first: 0, count: 9, filter: '', sort: 'name' });
    expect(names()).toEqual(['a', 'b', 'b/x']);
  });
});

test('names sort as people expect', () => {
  expect(['line10', 'line2', 'Line1', 'line02', 'b', 'a', ''].toSorted(compareNames)).toEqual(['', 'a', 'b', 'Line1', 'line02', 'line2', 'line10']);
});

test('any mix of messages and clicks shows what a plain recount shows', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const { service, view, last } = open({ count: 500 });
  const counts = new Map<string, number>();
  const expanded = new Set<string>();
  for (let step = 0; step < 400; step += 1) {
    const topic = Array.from({ length: 1 + random(3) }, () => 'abcd'[random(4)]).join('/');
    if (random(4) > 0) {
      service.ingest('broker', [message(topic)]);
      counts.set(topic, (counts.get(topic) ?? 0) + 1);
    } else if ([...counts.keys()].some((known) => known === topic || known.startsWith(`${topic}/`))) {
      const on = random(2) === 0;
      view.setExpanded(topic, on, false);
      if (on) expanded.add(topic);
      else expanded.delete(topic);
    }
    if (step % 20 !== 19) continue;
    const expected: [string, number][] = [];
    const walk = (prefix: string): void => {
      const children = new Set(
        [...counts.keys()].filter((known) => known.startsWith(prefix)).map((known) => known.slice(prefix.length).split('/')[0] as string),
      );
      for (const name of [...children].toSorted()) {
        const path = prefix + name;
        const total = [...counts].reduce((sum, [known, count]) => (known === path || known.startsWith(`${path}/`) ? sum + count : sum), 0);
        expected.push([path, total]);
        if (expanded.has(path)) walk(`${path}/`);
      }
    };
    walk('');
    expect(last().rows.map(({ path, messageCount }) => [path, messageCount])).toEqual(expected);
  }
});
