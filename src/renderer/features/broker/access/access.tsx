import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { engineClient, useStreamValue } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { act, Page, useBrokerStatus, useWorkspace } from '../../common/index.ts';
import broker from '../broker.module.css';
import { settingsOf } from './access-draft.ts';
import styles from './access.module.css';
import { accessStore, undoToast, useAccessState, useUnsavedAccess } from './access-store.ts';
import { LoginCard } from './login-card.tsx';
import { PreviewCard } from './preview-card.tsx';
import { RulesCard } from './rules-card.tsx';
import { UsersCard } from './users-card.tsx';

/** Who gets in and may do what: users, an ordered list of rules, and what a change would mean before it is saved. */
export function Access(): ReactElement {
  const store = accessStore();
  const view = useStreamValue('broker.access', undefined);
  const { draft, theirs } = useAccessState((state) => state);
  const unsaved = useUnsavedAccess();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (view === undefined) return;
    const { login, anonymous, rules, otherwise } = view;
    store.follow({ login, anonymous, rules, otherwise });
  }, [store, view]);
  const names = useMemo(() => view?.users.map(({ name }) => name) ?? [], [view]);
  const save = async (): Promise<void> => {
    const now = store.state.getState().draft;
    if (now === null || busy) return;
    const settings = settingsOf(now);
    setBusy(true);
    if (await act(engineClient().call('broker.saveAccess', settings), 'The access could not be saved')) {
      store.saved(settings);
      toasts.close(undoToast);
      toasts.show({ kind: 'ok', title: 'Login and rules saved', detail: 'They are in use.' });
    }
    setBusy(false);
  };
  const discard = (): void => {
    store.discard();
    toasts.close(undoToast);
  };
  useCommands([
    {
      ...{ id: 'broker.saveAccess', title: 'Save login and rules', group: 'Broker', place: 'broker', view: 'access', shortcut: 'Mod+S' },
      when: () => unsaved,
      run: () => void save(),
    },
    { ...{ id: 'broker.addRule', title: 'Add a rule', group: 'Broker', place: 'broker', view: 'access' }, run: () => store.openNew() },
  ]);
  if (view === undefined || draft === null) {
    return (
      <div className={broker.waiting}>
        <Spinner label="Loading" />
      </div>
    );
  }
  return (
    <Page title="Access" wide>
      <AedesBanner closed={draft.login === 'users' || draft.rules.length > 0 || draft.otherwise === 'deny'} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <LoginCard draft={draft} users={view.users.length} />
          <RulesCard draft={draft} users={names} />
          <UsersCard users={view.users} />
        </div>
        <div className={styles.side}>
          <PreviewCard />
        </div>
      </div>
      {unsaved && (
        <section className={styles.saveBar} aria-label="Unsaved changes">
          <Button variant="primary" busy={busy} onClick={() => void save()}>
            Save
          </Button>
          <Button onClick={discard}>Discard</Button>
          <div className={styles.saveText}>
            <b>Login and rules have changes that are not saved.</b>
            {theirs !== null && <span> Others were saved elsewhere meanwhile: saving puts these in their place, discarding shows them.</span>}
          </div>
        </section>
      )}
    </Page>
  );
}

/** With aedes a broker would be open that is meant to be closed. */
function AedesBanner({ closed }: { readonly closed: boolean }): ReactElement | null {
  const status = useBrokerStatus();
  const settings = useWorkspace()?.settings.broker;
  const running = status?.phase === 'running' && status.engine === 'aedes';
  if (!running && settings?.engine !== 'aedes') return null;
  return (
    <Banner inset kind={closed ? 'warn' : 'info'} title="The engine aedes knows no users and no rules.">
      {running
        ? 'It is running now, so what would close it to somebody cannot be saved: stop it, or take the workbench’s own engine under Overview.'
        : 'It does not start while there are any: take the workbench’s own engine under Overview.'}
    </Banner>
  );
}
