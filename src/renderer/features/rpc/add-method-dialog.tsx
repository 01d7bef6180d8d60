import { useId, useRef, useState, type ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { DialectId } from '../../../shared/contract/rpc.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { emptyDraft, problemsOf, type CallTarget } from './call-draft.ts';
import { addMethod } from './rpc-actions.ts';
import { rpcStore } from './rpc-model.ts';
import { useDialectWords } from './own-dialects.ts';
import styles from './rpc.module.css';

interface AddMethodDialogProps {
  readonly source: SourceId;
  /** Dialect and topic to start from. */
  readonly start: CallTarget;
  readonly onClose: () => void;
}

/** Adds a service, or a method of one, that was not seen yet. */
export function AddMethodDialog({ source, start, onClose }: AddMethodDialogProps): ReactElement {
  const [dialect, setDialect] = useState<DialectId>(start.dialect);
  const { options } = useDialectWords();
  const [topic, setTopic] = useState(start.topic);
  const [method, setMethod] = useState('');
  const [reveal, setReveal] = useState(false);
  const [busy, setBusy] = useState(false);
  const topicField = useRef<HTMLInputElement>(null);
  const methodField = useRef<HTMLInputElement>(null);
  const formId = useId();
  // A service alone may be added, so the method may be missing.
  const problems = problemsOf({ ...emptyDraft, topic, method: method === '' ? 'any' : method });
  const add = async (): Promise<void> => {
    setReveal(true);
    if (busy || problems.topic !== undefined || problems.method !== undefined) return;
    setBusy(true);
    const added = await addMethod(source, dialect, topic, method);
    setBusy(false);
    if (!added) return;
    rpcStore().select(source, { dialect, topic, method });
    onClose();
  };
  return (
    <Dialog
      open
      persistent
      size="small"
      title="Add a method"
      description="For what was not called yet. It can be called at once, and is watched like all others."
      initialFocus={topic === '' ? topicField : methodField}
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Add
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className={styles.dialogForm}
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Select label="Dialect" value={dialect} onChange={setDialect} options={options} />
        <TextField
          label="Topic of the service"
          mono
          value={topic}
          onChange={setTopic}
          error={reveal || topic !== '' ? problems.topic : undefined}
          placeholder="edge/device_123"
          inputRef={topicField}
        />
        <TextField
          label="Method"
          mono
          value={method}
          onChange={setMethod}
          error={problems.method}
          hint="Empty: only the service"
          placeholder="get_status"
          inputRef={methodField}
        />
      </form>
    </Dialog>
  );
}
