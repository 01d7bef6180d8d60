import { useEffect, useState, type ReactElement } from 'react';
import type { ProfileChange } from '../../../../shared/contract/broker-profile.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { ChangeList } from './change-list.tsx';
import { chooseProfile } from './profile-actions.ts';
import styles from './profiles.module.css';

interface SwitchDialogProps {
  readonly name: string;
  readonly current: string;
  readonly running: boolean;
  readonly onClose: () => void;
}

/** What another profile would change, before it is chosen. */
export function SwitchDialog({ name, current, running, onClose }: SwitchDialogProps): ReactElement {
  const [changes, setChanges] = useState<readonly ProfileChange[] | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let wanted = true;
    engineClient()
      .call('brokerProfiles.compare', { name })
      .then((found) => wanted && setChanges(found))
      .catch((error: unknown) => {
        if (!wanted) return;
        showError(error, 'The profiles could not be compared');
        onClose();
      });
    return () => {
      wanted = false;
    };
  }, [name, onClose]);
  const needsRestart = running && changes?.some(({ restart }) => restart) === true;
  const choose = async (): Promise<void> => {
    setBusy(true);
    const done = await chooseProfile(name, needsRestart);
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      title={`Use the profile “${name}”?`}
      description={needsRestart ? 'The broker is started again with it. Clients are disconnected; most come back by themselves.' : undefined}
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Stay with “{current}”</Button>
          <Button variant="primary" busy={busy} disabled={changes === null} onClick={() => void choose()}>
            {needsRestart ? 'Use it and restart the broker' : 'Use it'}
          </Button>
        </>
      }
    >
      {changes === null ? (
        <Spinner label="Comparing" />
      ) : changes.length === 0 ? (
        <p className={styles.quiet}>It has the same settings as “{current}”.</p>
      ) : (
        <>
          <p className={styles.quiet}>This changes:</p>
          <ChangeList changes={changes} />
        </>
      )}
    </Dialog>
  );
}
