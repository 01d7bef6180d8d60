import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { useCommands } from '../../app/commands.ts';
import { useLayoutValue } from '../../app/layout-store.ts';
import { Splitter } from '../../ui/splitter.tsx';
import type { VirtualListHandle } from '../../ui/virtual-list.tsx';
import { useMedia, useModel, type SourceOption, treePlace } from '../common/index.ts';
import { PublishBar } from '../publish/index.ts';
import { TopicDetail } from './topic-detail.tsx';
import { TopicToolbar } from './topic-toolbar.tsx';
import { TopicTree } from './topic-tree.tsx';
import { topicsStore, useTopicsState } from './topics-model.ts';
import { TreeEmpty } from './tree-empty.tsx';

const readOpen = (stored: unknown): boolean => stored !== false;

/** One source: its tree at the left, the selected topic at the right, and the way to publish below. Give it the source's id as key. */
export function SourceView({ source }: { readonly source: SourceOption }): ReactElement {
  const [view, setView] = useState(() => topicsStore().viewOf(source.id));
  useModel(view.notifier);
  const selected = useTopicsState((state) => state.selected[source.id] ?? null);
  const [publishOpen, setPublishOpen] = useLayoutValue('topics.publishOpen', readOpen);
  const tree = useRef<VirtualListHandle>(null);
  const filter = useRef<HTMLInputElement>(null);
  const short = useMedia('(max-height: 560px)');

  const showTopic = useCallback(
    async (path: string): Promise<void> => {
      topicsStore().select(source.id, path);
      const row = await view.reveal(path);
      if (row !== null) tree.current?.scrollTo(row, 'center');
    },
    [source.id, view],
  );
  useCommands([
    {
      id: 'topics.filter',
      title: 'Filter topics',
      group: 'Topics',
      place: 'topics',
      shortcut: 'Mod+F',
      keywords: 'search find',
      run: () => filter.current?.select(),
    },
    {
      id: 'topics.togglePublish',
      title: publishOpen ? 'Hide the publish bar' : 'Show the publish bar',
      group: 'Topics',
      place: 'topics',
      shortcut: 'Mod+J',
      run: () => setPublishOpen(!publishOpen),
    },
  ]);
  // What was selected before comes back into view with its place.
  useEffect(() => {
    if (selected === null) return;
    let gone = false;
    void view.reveal(selected).then(
      (row) => row !== null && !gone && tree.current?.scrollTo(row, 'center'),
      () => undefined,
    );
    return () => {
      gone = true;
    };
    // Only on arrival: later selections are made in the tree itself.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [view]);

  return (
    <Splitter
      id="topics"
      className={treePlace.split ?? ''}
      panels={[
        {
          id: 'tree',
          defaultSize: '38%',
          minSize: 240,
          content: (
            <section className={treePlace.treePanel} aria-label="Topic tree">
              <TopicToolbar view={view} source={source} filterRef={filter} publishOpen={publishOpen} onPublishOpen={setPublishOpen} />
              <TopicTree
                view={view}
                live={source.live}
                treeRef={tree}
                onPublishHere={() => setPublishOpen(true)}
                empty={<TreeEmpty view={view} source={source} onRetry={() => setView(topicsStore().viewOf(source.id))} />}
              />
            </section>
          ),
        },
        {
          id: 'topic',
          minSize: 280,
          content: (
            <Splitter
              id="topic"
              orientation="vertical"
              panels={[
                {
                  id: 'detail',
                  minSize: 120,
                  content: <TopicDetail source={source} view={view} selected={selected} onSelect={(path) => void showTopic(path)} />,
                },
                publishOpen && {
                  id: 'publish',
                  defaultSize: short ? 150 : 206,
                  minSize: 110,
                  maxSize: '70%',
                  fixed: true,
                  content: <PublishBar source={source.id} sourceName={source.name} sourceState={source.state} live={source.live} selectedTopic={selected} />,
                },
              ]}
            />
          ),
        },
      ]}
    />
  );
}
