import { useEffect, useState, type ReactElement } from 'react';
import type { ReadPasswords } from '../../../../shared/contract/broker-access.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { act, formatCount, plural, useAttempt, useFirst } from '../../common/index.ts';
import styles from './access.module.css';
import { ImportFindings, ImportSource } from './import-frame.tsx';

const nobody: ReadPasswords['users'] = [];

/** Users from a password file, looked at before they are taken over. */
export function ImportUsersDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactElement {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const { outcome, begin, forget } = useAttempt<ReadPasswords>();
  useEffect(() => {
    if (text === '') forget();
    else void begin((signal) => engineClient().call('broker.readPasswords', { text }, { signal }));
  }, [text, begin, forget]);
  const read = outcome !== null && 'value' in outcome ? outcome.value : null;
  const users = read?.users ?? nobody;
  const { shown, more } = useFirst(users, 50);
  const isTooMany = read !== null && read.total > read.most;
  const replaced = users.filter(({ replaces }) => replaces).length;
  const close = (): void => {
    setText('');
    onClose();
  };
  const take = async (): Promise<void> => {
    setBusy(true);
    const done = await act(engineClient().call('broker.importUsers', { text }), 'The users could not be imported');
    setBusy(false);
    if (!done) return;
    toasts.show({ kind: 'ok', title: `${plural(users.length, 'user')} imported` });
    close();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      title="Import a password file"
      description="Of mosquitto (mosquitto_passwd) or distmqtt (user:crypt-hash). Their hashes stay as they are, and so do the passwords."
      size="large"
      persistent
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabled={users.length === 0 || isTooMany} busy={busy} onClick={() => void take()}>
            {users.length === 0 ? 'Import' : `Import ${plural(users.length, 'user')}`}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <ImportSource what="users" label="Text of the file" placeholder="alice:$7$101$…" accept="" text={text} onText={setText} />
        {outcome !== null && 'problem' in outcome && (
          <Banner inset kind="bad" title={outcome.problem}>
            {outcome.advice}
          </Banner>
        )}
        {read !== null && (
          <>
            <p role="status" className={styles.summary}>
              {users.length === 0 ? 'There is no user in it.' : `${plural(users.length, 'user')} can be imported`}
              {users.length > 0 && (replaced === 0 ? '.' : `; ${formatCount(replaced)} of them get another password than they have now.`)}
            </p>
            {isTooMany && (
              <Banner inset kind="bad" title={`There can be no more than ${formatCount(read.most)} users; these would be ${formatCount(read.total)}.`}>
                Delete some first, or import a part of the file.
              </Banner>
            )}
            <ImportFindings findings={read.findings} />
            {users.length > 0 && (
              <ul className={styles.readUsers} aria-label="Users of the file">
                {shown.map(({ name, form, replaces }) => (
                  <li key={name} className={styles.user}>
                    <span className={styles.userName} title={name}>
                      {name}
                    </span>
                    {replaces && <Badge tone="warn">replaces</Badge>}
                    <span className={styles.faint}>{form}</span>
                  </li>
                ))}
              </ul>
            )}
            {more}
          </>
        )}
      </div>
    </Dialog>
  );
}
