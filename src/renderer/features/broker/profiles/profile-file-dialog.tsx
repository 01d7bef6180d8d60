import { useEffect, useState, type ReactElement } from 'react';
import type { ProfileProblem } from '../../../../shared/contract/broker-profile.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { act } from '../../common/index.ts';
import { ProblemList } from './problem-list.tsx';
import styles from './profiles.module.css';

/** The engine is asked when nobody has typed for a moment. */
const waitMs = 250;

/** A profile as its file is, to be read and edited; what is wrong is said with its line. */
export function ProfileFileDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }): ReactElement {
  const [file, setFile] = useState<{ readonly text: string; readonly revision: string } | null>(null);
  const [text, setText] = useState('');
  const [problems, setProblems] = useState<readonly ProfileProblem[]>([]);
  const [busy, setBusy] = useState(false);
  const changed = file !== null && text !== file.text;

  useEffect(() => {
    let wanted = true;
    engineClient()
      .call('brokerProfiles.read', { name })
      .then((read) => {
        if (!wanted) return;
        setFile(read);
        setText(read.text);
        setProblems(read.problems);
      })
      .catch((error: unknown) => {
        if (!wanted) return;
        showError(error, 'The profile could not be read');
        onClose();
      });
    return () => {
      wanted = false;
    };
  }, [name, onClose]);

  useEffect(() => {
    if (!changed) return undefined;
    let wanted = true;
    const timer = setTimeout(() => {
      engineClient()
        .call('brokerProfiles.check', { text })
        .then((found) => wanted && setProblems(found))
        .catch((error: unknown) => wanted && showError(error, 'The profile could not be checked'));
    }, waitMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [changed, text]);

  const save = async (): Promise<void> => {
    if (!file) return;
    setBusy(true);
    const done = await act(engineClient().call('brokerProfiles.write', { name, text, revision: file.revision }), 'The profile could not be saved');
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      size="large"
      persistent={changed}
      title={`brokers/${name}.yaml`}
      description="Comments stay when the workbench saves. Other programs may edit the file as well."
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>{changed ? 'Discard' : 'Close'}</Button>
          <Button variant="primary" busy={busy} disabled={!changed} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      {file === null ? (
        <Spinner label="Reading" />
      ) : (
        <div className={styles.file}>
          <TextArea label="Text of the profile" labelHidden mono rows={22} value={text} onChange={setText} />
          <ProblemList problems={problems} />
        </div>
      )}
    </Dialog>
  );
}
