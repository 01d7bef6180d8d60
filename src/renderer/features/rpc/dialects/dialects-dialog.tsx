import { Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { RpcDialect } from '../../../../shared/contract/rpc-dialects.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { act, useUnsavedGuard } from '../../common/index.ts';
import { useOwnDialects } from '../own-dialects.ts';
import { draftOfDialect, draftOfExample, examples, newDialectId, readProfile, type DialectDraft, type DialectExample } from './dialect-draft.ts';
import { DialectEditor } from './dialect-editor.tsx';
import styles from './dialects.module.css';
import { useDialectCheck, type Samples } from './use-dialect-check.ts';

interface Opened {
  readonly draft: DialectDraft;
  /** As it was opened or saved last. */
  readonly saved: DialectDraft | null;
  readonly samples: Samples;
}

const noSamples: Samples = { message: { topic: '', payload: '' }, call: { topic: '', method: '', params: '' } };
const samplesOf = ({ sample, call }: DialectExample): Samples => ({ message: sample, call });

/** Describes dialects of one's own, tries them, and keeps them. */
export function DialectsDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const dialects = useOwnDialects();
  const [opened, setOpened] = useState<Opened | null>(null);
  const [busy, setBusy] = useState(false);
  const check = useDialectCheck(opened?.draft.profile ?? '', opened?.samples ?? noSamples);
  const unsaved = opened !== null && JSON.stringify(opened.draft) !== JSON.stringify(opened.saved);
  useUnsavedGuard(unsaved);
  const canSave = unsaved && opened.draft.name.trim() !== '' && check !== null && check.problems.length === 0 && !busy;

  const mayLeave = async (): Promise<boolean> =>
    !unsaved ||
    (await confirm({
      title: `Leave “${opened.draft.name || 'the new dialect'}” without saving?`,
      text: 'What was changed is lost.',
      action: 'Leave',
      danger: true,
    }));
  const open = async (next: Opened | null): Promise<void> => {
    if (await mayLeave()) setOpened(next);
  };
  const save = async (): Promise<void> => {
    const profile = opened && readProfile(opened.draft.profile);
    if (!opened || !profile || 'problem' in profile) return;
    const { name, description } = opened.draft;
    const id =
      opened.draft.id ??
      newDialectId(
        name,
        dialects.map((one) => one.id),
      );
    // The check has said that it is one.
    const dialect = { id, name: name.trim(), description, profile: profile.value as unknown as RpcDialect['profile'] };
    setBusy(true);
    const kept = await act(engineClient().call('rpcDialects.save', dialect), 'The dialect could not be saved');
    setBusy(false);
    if (!kept) return;
    const draft = { ...opened.draft, id, name: name.trim() };
    setOpened({ ...opened, draft, saved: draft });
  };
  const remove = async ({ id, name }: RpcDialect): Promise<void> => {
    const agreed = await confirm({
      title: `Delete the dialect “${name}”?`,
      text: 'Messages are no longer read by it, and nothing can be called in it. Calls that were seen stay readable.',
      action: 'Delete',
      danger: true,
    });
    if (agreed && (await act(engineClient().call('rpcDialects.remove', { id }), 'The dialect could not be deleted'))) setOpened(null);
  };
  const removable = dialects.find(({ id }) => id === opened?.draft.id);

  return (
    <Dialog
      open
      persistent
      size="large"
      title="Dialects of your own"
      description="For conventions that are none of the four: where the topics are, and where the parts of a call stand in the JSON."
      onOpenChange={(next) => {
        if (!next) void mayLeave().then((may) => may && onClose());
      }}
      footer={
        <>
          {removable && (
            <Button variant="danger" onClick={() => void remove(removable)}>
              Delete …
            </Button>
          )}
          <span className={styles['spread']} role="status">
            {opened?.saved && !unsaved ? 'Saved, and in use' : ''}
          </span>
          <Button onClick={() => void mayLeave().then((may) => may && onClose())}>Close</Button>
          <Button variant="primary" busy={busy} disabled={!canSave} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <div className={styles['columns']}>
        <nav className={styles['list']} aria-label="Dialects">
          <Menu
            trigger={
              <Button size="small" icon={<Plus size={14} aria-hidden />}>
                New dialect
              </Button>
            }
            items={examples.map((example) => ({
              label: example.name,
              onSelect: () => void open({ draft: draftOfExample(example), saved: null, samples: samplesOf(example) }),
            }))}
          />
          <ul className={styles['items']}>
            {opened && opened.draft.id === null && (
              <li>
                <span className={styles['item']} aria-current="true">
                  {opened.draft.name || 'New dialect'} <i className={styles['faint']}>new</i>
                </span>
              </li>
            )}
            {dialects.map((dialect) => (
              <li key={dialect.id}>
                <button
                  type="button"
                  className={styles['item']}
                  aria-current={dialect.id === opened?.draft.id || undefined}
                  title={dialect.description || dialect.name}
                  onClick={() => void open({ draft: draftOfDialect(dialect), saved: draftOfDialect(dialect), samples: noSamples })}
                >
                  {dialect.name}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        {opened ? (
          <DialectEditor
            key={opened.draft.id ?? 'new'}
            draft={opened.draft}
            onChange={(draft) => setOpened({ ...opened, draft })}
            samples={opened.samples}
            onSamples={(samples) => setOpened({ ...opened, samples })}
            check={check}
          />
        ) : (
          <EmptyState
            compact
            title={dialects.length === 0 ? 'No dialect of your own yet' : 'Choose a dialect'}
            text="Start from the example that comes closest, and try it with a message of your devices. Calls in it are then seen, and can be made."
            actions={examples.map((example) => (
              <Button
                key={example.name}
                size="small"
                title={example.description}
                onClick={() => setOpened({ draft: draftOfExample(example), saved: null, samples: samplesOf(example) })}
              >
                {example.name}
              </Button>
            ))}
          />
        )}
      </div>
    </Dialog>
  );
}
