import { useState, type ReactElement } from 'react';
import type { GfPipeline } from '../../../../shared/contract/coap-pipeline.ts';
import { namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { savePipeline } from './pipeline-actions.ts';
import styles from './pipeline.module.css';

/** Whose requests the handlers take. */
export function PipelineSettings({ pipeline, onClose }: { readonly pipeline: GfPipeline; readonly onClose: () => void }): ReactElement {
  const [device, setDevice] = useState(pipeline.device);
  const [namespace, setNamespace] = useState(pipeline.namespace);
  const [busy, setBusy] = useState(false);
  const deviceProblem = device === '' ? null : topicPartProblem('The tag', device);
  const spaceProblem = namespaceProblem(namespace);
  const isBad = deviceProblem !== null || spaceProblem !== null;
  const save = async (): Promise<void> => {
    if (isBad) return;
    setBusy(true);
    const saved = await savePipeline({ ...pipeline, device, namespace });
    setBusy(false);
    if (saved) onClose();
  };
  return (
    <Dialog
      open
      persistent={device !== pipeline.device || namespace !== pipeline.namespace}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Device and namespace"
      description="A client with gf_mqtt_client takes the requests to its own identifier."
      size="small"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={isBad} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <form
        className={styles.dialogForm}
        aria-label="Device and namespace"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label="Device"
          mono
          value={device}
          onChange={setDevice}
          placeholder="every device"
          maxLength={1000}
          error={deviceProblem ?? undefined}
          hint={device === '' ? 'Requests to every device: real ones answer theirs as well.' : 'Tag whose requests the handlers take.'}
        />
        <TextField
          label="Namespace"
          mono
          value={namespace}
          onChange={setNamespace}
          maxLength={1000}
          error={spaceProblem ?? undefined}
          hint="First levels of the topics."
        />
        <button type="submit" hidden>
          Save
        </button>
      </form>
    </Dialog>
  );
}
