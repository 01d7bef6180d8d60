import { afterEach, expect, it, vi } from 'vitest';
import { topicsContract } from '../../../shared/contract/topics.ts';
import { connectionSource } from '../common/index.ts';
import { serveForTests, testPacing, type ServedEngine } from '../serve-for-tests.ts';
import { createTopicsStore, type TopicsStore } from './topics-store.ts';

let served: ServedEngine | undefined;
let store: TopicsStore | undefined;
afterEach(() => {
  store?.close();
  served?.close();
});

function open(): { readonly topics: TopicsStore; readonly watched: string[]; readonly closed: string[]; readonly filters: string[] } {
  const [watched, closed, filters]: [string[], string[], string[]] = [[], [], []];
  served = serveForTests(topicsContract, {
    'topics.watch': ({ source }) => {
      watched.push(source);
      return () => void closed.push(source);
    },
    'topics.setView': ({ filter }) => void filters.push(filter),
    'topics.setExpanded': () => undefined,
    'topics.reveal': () => ({ row: null }),
    'topics.rowAt': () => null,
    'topics.clear': () => undefined,
  });
  store = createTopicsStore(served.engine, testPacing);
  return { topics: store, watched, closed, filters };
}

it('keeps one view per source and what was selected there', () => {
  const { topics } = open();
  expect(topics.viewOf('broker')).toBe(topics.viewOf('broker'));
  topics.select('broker', 'a/b');
  topics.select('connection:x', 'c');
  topics.select('connection:x', null);
  expect(topics.state.getState().selected).toEqual({ broker: 'a/b' });
});

it('carries filter and order to the view that is shown next', async () => {
  const { topics, filters } = open();
  topics.viewOf('broker');
  topics.viewOf('connection:x');
  topics.setFilter('temp');
  topics.viewOf('broker');
  await vi.waitFor(() => expect(filters).toEqual(['temp', 'temp']), 20_000);
});

it('closes the view that was not used for the longest time', async () => {
  const { topics, watched, closed } = open();
  topics.viewOf('broker');
  await vi.waitFor(() => expect(watched).toEqual(['broker']), 20_000);
  for (let number = 0; number < 6; number += 1) topics.viewOf(connectionSource(`c${number}`));
  await vi.waitFor(() => expect(closed).toEqual(['broker']), 20_000);
});
