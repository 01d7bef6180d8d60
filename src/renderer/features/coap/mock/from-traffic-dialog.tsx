import { useState, type ReactElement } from 'react';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { listSources, useBrokerStatus, useConnections } from '../../common/index.ts';
import { deviceFromTraffic } from './mock-actions.ts';
import styles from './mock-devices.module.css';

/** Makes a mock device from what a real one answered. */
export function FromTrafficDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const sources = listSources(useBrokerStatus(), useConnections());
  const [source, setSource] = useState<SourceId>('broker');
  const [topic, setTopic] = useState('');
  const [busy, setBusy] = useState(false);
  const isTopic = /^.+\/[^/+#]+\/request\/[^/+#]+$/.test(topic.trim());
  const make = async (): Promise<void> => {
    setBusy(true);
    const made = await deviceFromTraffic(source, topic.trim());
    setBusy(false);
    if (made) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Mock device from recorded traffic"
      description="Of each path and method it answers what the device answered last, from memory and history."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={!isTopic} onClick={() => void make()}>
            Make the device
          </Button>
        </>
      }
    >
      <form
        className={styles['dialogForm']}
        onSubmit={(event) => {
          event.preventDefault();
          if (isTopic) void make();
        }}
      >
        <Select
          label="Seen on"
          value={source}
          onChange={setSource}
          options={sources.map(({ id, name, state }) => ({ value: id, label: name, detail: state }))}
        />
        <TextField
          label="Topic of its requests"
          mono
          value={topic}
          onChange={setTopic}
          placeholder="gf_int_v1/axuv/request/2D_XX_0_9999"
          hint="Without the id of the request: namespace, subsystem, “request”, tag of the device."
          error={topic !== '' && !isTopic ? 'Such a topic ends with /SUBSYSTEM/request/TAG.' : undefined}
        />
      </form>
    </Dialog>
  );
}
