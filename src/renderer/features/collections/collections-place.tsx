import { useRef, useState, type ReactElement } from 'react';
import { useCommands } from '../../app/commands.ts';
import { StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Select } from '../../ui/select.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { PanelTitle, Toolbar } from '../../ui/toolbar.tsx';
import { plural, treePlace, useMedia } from '../common/index.ts';
import { EnvironmentPicker } from '../environments/index.ts';
import { collectionsStore, entryOf, useCollections, useCollectionsState, useFollowFiles, useOrphans, useRunSource } from './collections-model.ts';
import { CollectionsEmpty } from './collections-empty.tsx';
import { CollectionTree } from './collection-tree-view.tsx';
import { ContainerView } from './container-view.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { RequestView } from './request-view.tsx';
import { TreeToolbar } from './tree-toolbar.tsx';
import type { CollectionEntry } from '../../../shared/contract/collections.ts';
import styles from './collections.module.css';

/** Saved requests in folders, as plain files: written, run and checked. */
export function CollectionsPlace(): ReactElement {
  const view = useCollections();
  const selectedId = useCollectionsState((state) => state.selectedId);
  const orphans = useOrphans();
  const filter = useRef<HTMLInputElement>(null);
  const [moving, setMoving] = useState<CollectionEntry | null>(null);
  const narrow = useMedia('(max-width: 1100px)');
  const roomy = useMedia('(min-width: 1800px)');
  useFollowFiles(view, selectedId);
  useCommands([
    {
      id: 'collections.filter',
      title: 'Filter collections and requests',
      group: 'Collections',
      place: 'collections',
      shortcut: 'Mod+F',
      run: () => filter.current?.select(),
    },
  ]);
  if (!view) {
    return <Loading label="Reading the collections" />;
  }
  const selected = entryOf(view, selectedId) ?? orphans.find(({ id }) => id === selectedId);
  const hidden = orphans.filter(({ id }) => id !== selectedId);
  return (
    <div className={styles.place}>
      <h1 className="visually-hidden">Collections</h1>
      <RunBar />
      {view.problem && (
        <Banner kind="bad" title={view.problem.message}>
          {view.problem.advice}
        </Banner>
      )}
      {view.entries.length === 0 && orphans.length === 0 && !view.problem ? (
        <CollectionsEmpty />
      ) : (
        <Splitter
          id="collections"
          className={treePlace.split ?? ''}
          panels={[
            {
              id: 'tree',
              defaultSize: roomy ? 400 : narrow ? 260 : 300,
              minSize: 220,
              maxSize: '60%',
              fixed: true,
              content: (
                <section className={treePlace.treePanel} aria-label="Requests">
                  <TreeToolbar view={view} selected={selected} filterRef={filter} />
                  <CollectionTree view={view} selected={selected} onMove={setMoving} />
                  {hidden.map(({ id, name }) => (
                    <p key={id} className={styles.leftOut}>
                      The file of “{name}” is gone, with changes here that are not saved.{' '}
                      <Button size="small" onClick={() => collectionsStore().select(id)}>
                        Show them
                      </Button>
                    </p>
                  ))}
                  {view.leftOut > 0 && (
                    <p className={styles.leftOut}>
                      {plural(view.leftOut, 'file or folder is', 'files and folders are')} not listed. {view.leftOutWhy}
                    </p>
                  )}
                </section>
              ),
            },
            {
              id: 'request',
              minSize: 400,
              content:
                selected?.kind === 'request' ? (
                  <RequestView key={selected.id} entry={selected} view={view} />
                ) : selected ? (
                  <ContainerView key={selected.id} entry={selected} view={view} />
                ) : (
                  <EmptyState title="Nothing selected" text="Select a request to change or run it, or a collection or folder to run everything in it." />
                ),
            },
          ]}
        />
      )}
      {moving && <MoveDialog entry={moving} view={view} onClose={() => setMoving(null)} />}
    </div>
  );
}

/** What runs go to, and what variables are filled in from. */
function RunBar(): ReactElement {
  const { sources, current, choose } = useRunSource();
  return (
    <Toolbar
      label="What requests run against"
      className={styles.runBar ?? ''}
      end={
        <>
          <Select
            className={styles.source}
            label="Run against"
            labelHidden
            size="small"
            value={current.id}
            onChange={choose}
            options={sources.map(({ id, name, tone, state }) => ({ value: id, label: name, icon: <StatusDot tone={tone} label={state} />, detail: state }))}
          />
          <EnvironmentPicker />
        </>
      }
    >
      <PanelTitle>Collections</PanelTitle>
      <span className={styles.about}>Plain files in the workspace, ready for git</span>
    </Toolbar>
  );
}
