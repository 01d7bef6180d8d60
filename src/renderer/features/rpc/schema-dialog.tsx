import { useState, type ReactElement } from 'react';
import type { JsonSchema, RpcMethodId } from '../../../shared/contract/rpc.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { encodePublishPayload } from '../../../shared/payload/publish-payload.ts';
import { schemaProblemOf } from '../../../shared/rpc/lockable-schema.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { CodeView } from '../../editor/code-view.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './method-facts.module.css';
import { setSchema } from './schema-actions.ts';

interface SchemaDialogProps {
  readonly id: RpcMethodId;
  readonly of: 'params' | 'result';
  readonly title: string;
  readonly start: JsonSchema;
  readonly onClose: () => void;
}

/** The schema of params or results as JSON; saved, it is locked. */
export function SchemaDialog({ id, of, title, start, onClose }: SchemaDialogProps): ReactElement {
  const [text, setText] = useState(() => JSON.stringify(start, null, 2));
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const read = readSchema(text);
  const problem = 'problem' in read ? read.problem : refused;
  const save = async (): Promise<void> => {
    if (busy || 'problem' in read) return;
    setBusy(true);
    setRefused(null);
    try {
      await setSchema(id, of, read.schema);
      onClose();
    } catch (error) {
      setRefused(error instanceof CodedError ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      persistent
      size="large"
      title={`Schema of the ${title} of ${id.method || id.topic}`}
      description="JSON Schema 2020-12. Locked, traffic no longer changes it; what does not fit is counted and shown."
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={'problem' in read} onClick={() => void save()}>
            Save and lock
          </Button>
        </>
      }
    >
      <div className={styles.schemaEditor}>
        <CodeView
          label="Schema as JSON"
          language="json"
          value={text}
          onChange={(next) => {
            setText(next);
            setRefused(null);
          }}
        />
      </div>
      <p className={styles.schemaProblem} role="status">
        {problem}
      </p>
    </Dialog>
  );
}

function readSchema(text: string): { readonly schema: JsonSchema } | { readonly problem: string } {
  if (text.trim() === '') return { problem: 'Write a schema; {} takes anything.' };
  const checked = encodePublishPayload('json', text);
  if ('problem' in checked) return checked;
  const value = JSON.parse(text) as JsonValue;
  const problem = schemaProblemOf(value);
  return problem === null ? { schema: value as JsonSchema } : { problem };
}
