import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { TopicSort } from '../../../shared/contract/topics.ts';
import { newId, type Engine, type Pacing } from '../common/index.ts';
import { TopicView } from './topic-view.ts';

/** Views kept open behind the visible one, so that coming back finds its branches as they were left. */
const maxViews = 6;

export interface TopicsState {
  /** What the user picked; the effective source may differ while it does not exist. */
  readonly chosenSource: SourceId | null;
  readonly filter: string;
  readonly sort: TopicSort;
  readonly selected: Readonly<Partial<Record<SourceId, string>>>;
}

export interface TopicsStore {
  readonly state: StoreApi<TopicsState>;
  /** The view of a source, opened when first asked for. */
  viewOf(source: SourceId): TopicView;
  choose(source: SourceId): void;
  select(source: SourceId, path: string | null): void;
  setFilter(filter: string): void;
  setSort(sort: TopicSort): void;
  close(): void;
}

export function createTopicsStore(engine: Engine, pacing: Pacing): TopicsStore {
  const state = createStore<TopicsState>(() => ({ chosenSource: null, filter: '', sort: 'name', selected: {} }));
  const views = new Map<SourceId, TopicView>();

  const viewOf = (source: SourceId): TopicView => {
    const { filter, sort } = state.getState();
    let view = views.get(source);
    if (view?.error) {
      view.close();
      view = undefined;
    }
    view ??= new TopicView(engine, source, newId(), pacing, { filter, sort });
    // The order of insertion is the order of last use.
    views.delete(source);
    views.set(source, view);
    view.setFilter(filter);
    view.setSort(sort);
    for (const [oldest, old] of views) {
      if (views.size <= maxViews) break;
      old.close();
      views.delete(oldest);
    }
    return view;
  };
  const current = (apply: (view: TopicView) => void): void => {
    const last = [...views.values()].at(-1);
    if (last) apply(last);
  };

  return {
    state,
    viewOf,
    choose: (chosenSource) => state.setState({ chosenSource }),
    select: (source, path) => {
      const { [source]: _old, ...others } = state.getState().selected;
      state.setState({ selected: path === null ? others : { ...others, [source]: path } });
    },
    setFilter: (filter) => {
      state.setState({ filter });
      current((view) => view.setFilter(filter));
    },
    setSort: (sort) => {
      state.setState({ sort });
      current((view) => view.setSort(sort));
    },
    close: () => {
      for (const view of views.values()) view.close();
      views.clear();
    },
  };
}
