import { Copy, Plus, Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { EnvironmentView, EnvironmentsView } from '../../../shared/contract/environments.ts';
import { engineClient, toCodedError } from '../../data/index.ts';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { copyName, newId, plural, useUnsavedGuard } from '../common/index.ts';
import { draftOfEnvironment, environmentInput, environmentProblems, sameEnvironment, variable, type EnvironmentDraft } from './environment-draft.ts';
import { chooseEnvironment, closeEnvironments, removeEnvironment, useDialogOpen, useEnvironments } from './environments-model.ts';
import { VariablesTable } from './variables-table.tsx';
import styles from './environments.module.css';

/** Shows the dialog while it is wanted. Once in the page. */
export function EnvironmentsHost(): ReactElement | null {
  const open = useDialogOpen();
  const view = useEnvironments();
  return open !== null && view ? <EnvironmentsDialog view={view} first={open} /> : null;
}

type Drafts = Readonly<Record<string, EnvironmentDraft>>;

/** Creates, changes, copies and deletes environments. Changes of each wait until they are saved. */
function EnvironmentsDialog({ view, first }: { readonly view: EnvironmentsView; readonly first: string }): ReactElement {
  const [drafts, setDrafts] = useState<Drafts>({});
  const [chosen, setChosen] = useState(first);
  const [reveal, setReveal] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<CodedError | null>(null);
  useUnsavedGuard(Object.keys(drafts).length > 0);
  const { environments, activeId } = view;
  const saved = new Map(environments.map((one) => [one.id, one]));
  const fresh = Object.values(drafts).filter(({ id, revision }) => revision === null && !saved.has(id));
  const ids = [...environments.map(({ id }) => id), ...fresh.map(({ id }) => id)];
  const id = ids.includes(chosen) ? chosen : ids[0];
  const current = id === undefined ? undefined : (drafts[id] ?? asDraft(saved.get(id)));

  const put = (draft: EnvironmentDraft): void => {
    const base = saved.get(draft.id);
    const unchanged = base !== undefined && sameEnvironment(draft, draftOfEnvironment(base));
    const { [draft.id]: _old, ...others } = drafts;
    setDrafts(unchanged ? others : { ...others, [draft.id]: draft });
    setRefused(null);
  };
  const drop = (gone: string): void => {
    const { [gone]: _old, ...others } = drafts;
    setDrafts(others);
  };
  const show = (next: string): void => {
    setChosen(next);
    setReveal(false);
    setRefused(null);
  };
  const names = (except: string): readonly string[] => [...saved.values(), ...fresh].filter((one) => one.id !== except).map(({ name }) => name);
  const add = (draft: EnvironmentDraft): void => {
    put(draft);
    show(draft.id);
  };
  const problems = current && environmentProblems(current, names(current.id));
  const save = async (): Promise<void> => {
    if (!current || !problems || busy) return;
    setReveal(true);
    if (problems.name !== undefined || problems.variables.size > 0) return;
    setBusy(true);
    try {
      await engineClient().call('environments.save', { ...environmentInput(current), environment: complete(current) });
      // The first one is made to be used.
      if (environments.length === 0) await chooseEnvironment(current.id);
      drop(current.id);
      setReveal(false);
      setRefused(null);
    } catch (error) {
      setRefused(toCodedError(error));
    } finally {
      setBusy(false);
    }
  };
  const close = async (): Promise<void> => {
    const unsaved = Object.values(drafts).length;
    const leave =
      unsaved === 0 ||
      (await confirm({
        title: 'Close without saving?',
        text: `Changes to ${plural(unsaved, 'environment')} are lost.`,
        action: 'Discard the changes',
        cancel: 'Keep editing',
        danger: true,
      }));
    if (leave) closeEnvironments();
  };

  return (
    <Dialog
      open
      persistent
      size="large"
      title="Environments"
      description="Values for {{variables}} in calls and collections: one environment for each lab, site or customer. Plain files in the workspace; secrets are kept apart from them."
      onOpenChange={(open) => !open && void close()}
      footer={
        <>
          <Button onClick={() => void close()}>Close</Button>
          <Button variant="primary" busy={busy} disabled={!current || !drafts[current.id]} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <div className={styles.columns}>
        <nav className={styles.list} aria-label="Environments">
          <ul>
            {ids.map((one) => {
              const { name } = drafts[one] ?? saved.get(one) ?? { name: '' };
              return (
                <li key={one}>
                  <button type="button" className={styles.entry} aria-current={one === id ? 'true' : undefined} onClick={() => show(one)}>
                    <span className={styles.entryName}>{name === '' ? 'Without a name' : name}</span>
                    {drafts[one] ? <Badge tone="warn">unsaved</Badge> : one === activeId && <Badge tone="ok">active</Badge>}
                  </button>
                </li>
              );
            })}
          </ul>
          <Button
            size="small"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => add({ id: newId(), name: environments.length === 0 ? 'Lab' : '', variables: [variable()], revision: null })}
          >
            New environment
          </Button>
        </nav>
        {current && problems ? (
          <section className={styles.detail} aria-label={current.name === '' ? 'Environment' : current.name}>
            {refused && (
              <Banner
                inset
                kind="bad"
                title={refused.message}
                actions={<ConflictActions refused={refused} view={view} current={current} put={put} drop={drop} />}
              >
                {refused.advice}
              </Banner>
            )}
            <div className={styles.head}>
              <TextField
                className={styles.name}
                label="Name"
                value={current.name}
                maxLength={200}
                onChange={(name) => put({ ...current, name })}
                error={reveal ? problems.name : undefined}
              />
              {saved.has(current.id) && current.id !== activeId && <Button onClick={() => void chooseEnvironment(current.id)}>Make active</Button>}
              <IconButton
                label="Duplicate the environment"
                icon={<Copy size={15} aria-hidden />}
                onClick={() =>
                  add({
                    id: newId(),
                    name: copyName(current.name, names('')),
                    revision: null,
                    // What is stored cannot be read, so it cannot be copied.
                    variables: current.variables.map((one) => variable({ name: one.name, secret: one.secret, value: one.value ?? '' })),
                  })
                }
              />
              <IconButton
                label="Delete the environment"
                icon={<Trash2 size={15} aria-hidden />}
                onClick={() => void remove(saved.get(current.id), activeId, () => drop(current.id))}
              />
            </div>
            <VariablesTable
              variables={current.variables}
              problems={reveal ? problems.variables : new Map()}
              onChange={(variables) => put({ ...current, variables })}
            />
          </section>
        ) : (
          <EmptyState
            title="No environments yet"
            text="With one, {{device}} in a topic or in params becomes what the environment says. Switch it to run the same calls elsewhere."
          />
        )}
      </div>
      {view.broken.map(({ file, problem }) => (
        <Banner key={file} inset kind="warn" title={`${file}: ${problem.message}`}>
          {problem.advice}
        </Banner>
      ))}
    </Dialog>
  );
}

const asDraft = (environment: EnvironmentView | undefined): EnvironmentDraft | undefined => (environment ? draftOfEnvironment(environment) : undefined);

async function remove(environment: EnvironmentView | undefined, activeId: string | null, drop: () => void): Promise<void> {
  if (!environment || (await removeEnvironment(environment, environment.id === activeId))) drop();
}

/** The parts with a default, given: the page's types ask for them. */
function complete(draft: EnvironmentDraft) {
  const { environment } = environmentInput(draft);
  return { ...environment, variables: environment.variables.map((one) => ({ ...one, secret: one.secret ?? false })) };
}

interface ConflictProps {
  readonly refused: CodedError;
  readonly view: EnvironmentsView;
  readonly current: EnvironmentDraft;
  readonly put: (draft: EnvironmentDraft) => void;
  readonly drop: (id: string) => void;
}

/** The file was changed by another program meanwhile. */
function ConflictActions({ refused, view, current, put, drop }: ConflictProps): ReactElement | null {
  if (refused.code !== 'invalid-state') return null;
  const now = view.environments.find(({ id }) => id === current.id);
  return (
    <>
      <Button size="small" onClick={() => drop(current.id)}>
        Take what is in the file
      </Button>
      <Button size="small" onClick={() => put({ ...current, revision: now?.revision ?? null })}>
        Keep mine
      </Button>
    </>
  );
}
