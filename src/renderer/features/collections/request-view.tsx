import { CircleAlert, Play, Save, Square, Undo2 } from 'lucide-react';
import { useEffect, type ReactElement } from 'react';
import { useCommands } from '../../app/commands.ts';
import type { CollectionEntry, CollectionsView } from '../../../shared/contract/collections.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { CodeView } from '../../editor/code-view.tsx';
import { useModel } from '../common/index.ts';
import { useActiveEnvironment } from '../environments/index.ts';
import { AssertionsEditor } from './assertions-editor.tsx';
import { CapturesEditor } from './captures-editor.tsx';
import { saveAgain, saveRequest } from './collections-actions.ts';
import { collectionsStore, useCollectionsState, useLastResult, useOpenRequest, useRunSource } from './collections-model.ts';
import type { RequestTab } from './collections-store.ts';
import { EntryHeading } from './entry-heading.tsx';
import { shownDraft, type OpenRequest } from './open-requests.ts';
import { requestProblems, toRequest, type RequestDraft } from './request-draft.ts';
import { RequestFields } from './request-editors.tsx';
import { RequestResult } from './request-result.tsx';
import { ScriptTab } from './script-tab.tsx';
import { VariablesNote } from './variables-note.tsx';
import styles from './request.module.css';

interface RequestViewProps {
  readonly entry: CollectionEntry;
  readonly view: CollectionsView;
}

/** One request: what is sent, what has to come back, and what came when it was run last. */
export function RequestView({ entry, view }: RequestViewProps): ReactElement {
  const store = collectionsStore();
  const open = useOpenRequest(entry.id);
  const draft = shownDraft(open);
  useEffect(() => {
    if (!open) void store.open.read(entry.id);
  }, [store, entry.id, open]);
  if (open?.error) {
    return (
      <EmptyState
        icon={<CircleAlert size={24} aria-hidden />}
        title={open.error.message}
        text={open.error.advice}
        actions={<Button onClick={() => void store.open.read(entry.id)}>Try again</Button>}
      />
    );
  }
  if (!open || (!open.file && !draft)) {
    return <Loading label="Reading the request" />;
  }
  if (!draft) return <BrokenRequest entry={entry} view={view} open={open} />;
  return <RequestEditor entry={entry} view={view} open={open} draft={draft} />;
}

function RequestEditor({ entry, view, open, draft }: RequestViewProps & { readonly open: OpenRequest; readonly draft: RequestDraft }): ReactElement {
  const store = collectionsStore();
  const { current: source } = useRunSource();
  const environment = useActiveEnvironment();
  const tab = useCollectionsState((state) => state.requestTab);
  const run = useCollectionsState((state) => state.runs[entry.id]);
  const last = useLastResult(entry.id);
  useModel(run?.notifier ?? idleNotifier);
  const dirty = open.draft !== null;
  const problems = requestProblems(draft);
  const running = run?.active === true;
  // What goes over UDP needs no broker.
  const live = source.live || draft.kind === 'coap';
  const edit = (change: Partial<RequestDraft>): void => store.open.edit(entry.id, change);
  const start = async (): Promise<void> => {
    if (!live || running) return;
    // What runs is what is in the file, so that a run here and one without a window are the same.
    if (dirty && !(await saveRequest(entry))) return;
    store.run({ id: entry.id, source: source.id, environmentId: environment?.id ?? null, variables: {}, iterations: 1, delayMs: 0, stopOnFailure: false });
  };
  useCommands([
    {
      id: 'collections.run',
      title: 'Run the request',
      group: 'Collections',
      place: 'collections',
      shortcut: 'Mod+Enter',
      keywords: 'send call test',
      when: () => live,
      run: start,
    },
    {
      id: 'collections.save',
      title: 'Save the request',
      group: 'Collections',
      place: 'collections',
      shortcut: 'Mod+S',
      run: async () => void (await saveRequest(entry)),
    },
    { id: 'collections.cancel', title: 'Cancel the run', group: 'Collections', place: 'collections', when: () => running, run: () => run?.cancel() },
  ]);
  const failed = last ? last.result.assertions.filter(({ passed }) => !passed).length : 0;
  const wrong = open.reveal ? Object.values(problems).find((problem) => problem !== undefined) : undefined;
  return (
    <div className={styles.view}>
      <Toolbar
        label="Request"
        className={styles.header ?? ''}
        end={
          <>
            {dirty && (
              <IconButton size="small" label="Discard the changes" icon={<Undo2 size={15} aria-hidden />} onClick={() => store.open.discard(entry.id)} />
            )}
            <Tooltip text="Save to the file" shortcut="Mod+S">
              <Button icon={<Save size={14} aria-hidden />} busy={open.saving} disabled={!dirty} onClick={() => void saveRequest(entry)}>
                Save
              </Button>
            </Tooltip>
            {running ? (
              <Button icon={<Square size={12} aria-hidden />} onClick={() => run.cancel()}>
                Cancel
              </Button>
            ) : (
              <Tooltip
                text={draft.kind === 'coap' ? 'Run over UDP' : live ? `Run over ${source.name}` : `${source.name} is ${source.state}`}
                shortcut="Mod+Enter"
              >
                <Button variant="primary" icon={<Play size={14} aria-hidden />} disabled={!live} onClick={() => void start()}>
                  {dirty ? 'Save & run' : 'Run'}
                </Button>
              </Tooltip>
            )}
          </>
        }
      >
        <EntryHeading entry={entry} badge={dirty ? <Badge tone="warn">unsaved</Badge> : null} />
      </Toolbar>
      <ForeignChange entry={entry} open={open} draft={draft} />
      {wrong !== undefined && <Banner kind="bad" title={`This cannot be saved yet: ${wrong}`} />}
      <Splitter
        id="collections-request"
        orientation="vertical"
        panels={[
          {
            id: 'editor',
            defaultSize: '55%',
            minSize: 180,
            content: (
              <Tabs<RequestTab>
                label="Parts of the request"
                value={tab}
                onChange={store.showTab}
                tabs={[
                  {
                    value: 'request',
                    label: 'Request',
                    content: (
                      <div className={styles.scroll}>
                        <VariablesNote entry={entry} view={view} draft={draft} />
                        <RequestFields draft={draft} problems={problems} reveal={open.reveal} source={source} onChange={edit} />
                      </div>
                    ),
                  },
                  {
                    value: 'assertions',
                    label: 'Assertions',
                    badge: <TabCount count={draft.assertions.length} bad={failed} />,
                    content: (
                      <AssertionsEditor
                        kind={draft.kind}
                        assertions={draft.assertions}
                        inFile={open.file?.request?.assertions ?? []}
                        last={last}
                        reveal={open.reveal}
                        onChange={(assertions) => edit({ assertions })}
                      />
                    ),
                  },
                  {
                    value: 'captures',
                    label: 'Captures',
                    badge: <TabCount count={draft.captures.length} />,
                    content: <CapturesEditor captures={draft.captures} last={last} reveal={open.reveal} onChange={(captures) => edit({ captures })} />,
                  },
                  {
                    value: 'script',
                    label: 'Script',
                    badge: draft.script.trim() === '' ? undefined : <span className={styles.dot} role="img" aria-label="has a script" />,
                    content: <ScriptTab script={draft.script} onChange={(script) => edit({ script })} />,
                  },
                  {
                    value: 'description',
                    label: 'About',
                    content: (
                      <div className={styles.scroll}>
                        <TextArea
                          label="What this request is for"
                          rows={8}
                          value={draft.description}
                          onChange={(description) => edit({ description: description.slice(0, 20_000) })}
                          placeholder="For whoever reads the test later: what it shows, and what to do when it fails."
                        />
                      </div>
                    ),
                  },
                ]}
              />
            ),
          },
          { id: 'result', minSize: 120, content: <RequestResult entry={entry} run={run} last={last} source={source} /> },
        ]}
      />
    </div>
  );
}

/** Nothing runs, so nothing changes. */
const idleNotifier = { getVersion: () => 0, subscribe: () => () => undefined } as unknown as Parameters<typeof useModel>[0];

function TabCount({ count, bad = 0 }: { readonly count: number; readonly bad?: number }): ReactElement | null {
  return count === 0 ? null : (
    <span className={styles.tabCount} data-bad={bad > 0 || undefined}>
      {count}
    </span>
  );
}

/** Another program changed or deleted the file while there are changes here. */
function ForeignChange({
  entry,
  open,
  draft,
}: {
  readonly entry: CollectionEntry;
  readonly open: OpenRequest;
  readonly draft: RequestDraft;
}): ReactElement | null {
  const store = collectionsStore();
  if (open.foreign === null) {
    return open.reloads === 0 ? null : (
      <p className="visually-hidden" role="status">
        The file was changed by another program and is shown as it is now.
      </p>
    );
  }
  if (open.foreign === 'gone') {
    const request = toRequest(entry.name, draft);
    return (
      <Banner
        kind="warn"
        title="The file was deleted by another program. What you changed is still here."
        actions={
          <>
            {request && entry.parentId !== null && (
              <Button size="small" onClick={() => void saveAgain(entry.id, entry.parentId ?? '', request)}>
                Save it again
              </Button>
            )}
            <Button size="small" onClick={() => store.open.drop(entry.id)}>
              Discard the changes
            </Button>
          </>
        }
      />
    );
  }
  return (
    <Banner
      kind="warn"
      title="The file was changed by another program, and you changed it here."
      actions={
        <>
          <Button size="small" onClick={() => store.open.takeForeign(entry.id)}>
            Take what is in the file
          </Button>
          <Button size="small" onClick={() => store.open.keepOwn(entry.id)}>
            Keep mine
          </Button>
        </>
      }
    >
      {open.foreign.problem ? `It cannot be read any more: ${open.foreign.problem.message}` : 'Keeping yours replaces the file when you save.'}
    </Banner>
  );
}

/** A file that cannot be used: what is wrong with it, and its text. */
function BrokenRequest({ entry, open }: RequestViewProps & { readonly open: OpenRequest }): ReactElement {
  const problem = open.file?.problem ?? entry.problem;
  return (
    <div className={styles.view}>
      <Toolbar label="Request" className={styles.header ?? ''}>
        <EntryHeading entry={entry} badge={<Badge tone="bad">cannot be used</Badge>} />
      </Toolbar>
      <Banner kind="bad" title={problem?.message ?? 'This file cannot be used.'}>
        {problem?.advice} Once it can be read, it shows here by itself.
      </Banner>
      {open.file?.text != null && <CodeView label="Text of the file" value={open.file.text} language="json" />}
    </div>
  );
}
