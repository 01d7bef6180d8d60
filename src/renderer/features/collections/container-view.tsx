import { Play, Square } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useCommands } from '../../app/commands.ts';
import type { CollectionEntry, CollectionsView } from '../../../shared/contract/collections.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { plural, useModel } from '../common/index.ts';
import { useActiveEnvironment } from '../environments/index.ts';
import { newFolder, newRequest, saveRequest } from './collections-actions.ts';
import { collectionsStore, useCollectionsState, useRunSource, useUnsaved } from './collections-model.ts';
import { isWithin, needsBroker } from './collection-tree.ts';
import { EntryHeading } from './entry-heading.tsx';
import { defaultRunOptions, RunOptionsForm, type RunOptions } from './run-options.tsx';
import { RunView } from './run-view.tsx';
import { SettingsTab } from './settings-tab.tsx';
import request from './request.module.css';

interface ContainerViewProps {
  readonly entry: CollectionEntry;
  readonly view: CollectionsView;
}

type ContainerTab = 'run' | 'settings';

/** A collection or folder: run as a whole, and what its requests share. */
export function ContainerView({ entry, view }: ContainerViewProps): ReactElement {
  const store = collectionsStore();
  const { current: source } = useRunSource();
  const environment = useActiveEnvironment();
  const [tab, setTab] = useState<ContainerTab>('run');
  const [options, setOptions] = useState<RunOptions>(defaultRunOptions);
  const run = useCollectionsState((state) => state.runs[entry.id]);
  useModel(run?.notifier ?? idleNotifier);
  const running = run?.active === true;
  const overUdp = entry.requests > 0 && !needsBroker(view.entries, entry.id);
  const live = source.live || overUdp;
  const unsaved = useUnsaved();
  const changed = view.entries.filter(({ id }) => unsaved.has(id) && isWithin(id, entry.id));
  const start = (only?: readonly string[]): void => {
    if (!live || running || entry.requests === 0) return;
    setTab('run');
    const { iterations, delayMs, stopOnFailure } = options;
    store.run({
      id: entry.id,
      source: source.id,
      environmentId: environment?.id ?? null,
      variables: {},
      iterations: iterations ?? 1,
      delayMs: delayMs ?? 0,
      stopOnFailure,
      ...(only ? { only: [...only] } : {}),
    });
  };
  useCommands([
    {
      id: 'collections.run',
      title: `Run the ${entry.kind}`,
      group: 'Collections',
      place: 'collections',
      shortcut: 'Mod+Enter',
      keywords: 'test',
      when: () => live && entry.requests > 0,
      run: () => start(),
    },
    { id: 'collections.cancel', title: 'Cancel the run', group: 'Collections', place: 'collections', when: () => running, run: () => run?.cancel() },
  ]);
  return (
    <div className={request.view}>
      <Toolbar
        label={entry.kind === 'collection' ? 'Collection' : 'Folder'}
        className={request.header ?? ''}
        end={
          running ? (
            <Button icon={<Square size={12} aria-hidden />} onClick={() => run.cancel()}>
              Cancel
            </Button>
          ) : (
            <Tooltip text={overUdp ? 'Run over UDP' : live ? `Run over ${source.name}` : `${source.name} is ${source.state}`} shortcut="Mod+Enter">
              <Button variant="primary" icon={<Play size={14} aria-hidden />} disabled={!live || entry.requests === 0} onClick={() => start()}>
                {run ? 'Run again' : 'Run'}
              </Button>
            </Tooltip>
          )
        }
      >
        <EntryHeading entry={entry} badge={<Badge>{plural(entry.requests, 'request')}</Badge>} />
      </Toolbar>
      {entry.problem && (
        <Banner kind="bad" title={entry.problem.message}>
          {entry.problem.advice}
        </Banner>
      )}
      {changed.length > 0 && (
        <Banner
          kind="warn"
          title={`${plural(changed.length, 'request')} ${changed.length === 1 ? 'has' : 'have'} changes that are not saved. A run takes what is in the files.`}
          actions={
            <Button size="small" onClick={() => void saveAll(changed)}>
              {changed.length === 1 ? 'Save it' : 'Save all'}
            </Button>
          }
        />
      )}
      {entry.requests === 0 && entry.kind === 'folder' ? (
        <NoRequests entry={entry} />
      ) : (
        <Tabs<ContainerTab>
          label={entry.name}
          value={tab}
          onChange={setTab}
          tabs={[
            {
              value: 'run',
              label: 'Run',
              content:
                entry.requests === 0 ? (
                  <NoRequests entry={entry} />
                ) : (
                  <RunView
                    entry={entry}
                    run={run}
                    source={source}
                    options={<RunOptionsForm options={options} disabled={running} onChange={setOptions} />}
                    environment={environment}
                    runOptions={options}
                    onRunFailed={(ids) => start(ids)}
                  />
                ),
            },
            ...(entry.kind === 'collection'
              ? [{ value: 'settings' as const, label: 'Variables and description', content: <SettingsTab key={entry.id} entry={entry} view={view} /> }]
              : []),
          ]}
        />
      )}
    </div>
  );
}

/** Nothing runs, so nothing changes. */
const idleNotifier = { getVersion: () => 0, subscribe: () => () => undefined } as unknown as Parameters<typeof useModel>[0];

async function saveAll(entries: readonly CollectionEntry[]): Promise<void> {
  for (const entry of entries) if (!(await saveRequest(entry))) return collectionsStore().select(entry.id);
}

function NoRequests({ entry }: { readonly entry: CollectionEntry }): ReactElement {
  return (
    <EmptyState
      title="No requests yet"
      text="Write one here, or make a call under RPC, or a request under CoAP, and save it from there."
      actions={
        <>
          <Button variant="primary" onClick={() => void newRequest(entry.id)}>
            New request
          </Button>
          <Button onClick={() => void newFolder(entry.id)}>New folder</Button>
        </>
      }
    />
  );
}
