import { Download, X } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { PacketFileFormat } from '../../../../shared/mqtt/packet-files/index.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { ProgressBar } from '../../../ui/progress-bar.tsx';
import type { PacketsList } from './packets-list.ts';
import { useSavePackets } from './save-packets.ts';
import styles from './packets.module.css';

/** Saves the packets that are shown, in a format of others. */
export function SaveMenu({ list, disabled }: { readonly list: PacketsList; readonly disabled: boolean }): ReactElement {
  const { progress, save, cancel } = useSavePackets();
  const [secrets, setSecrets] = useState(false);
  const as = (format: PacketFileFormat) => (): void => save({ filter: list.filter, format, secrets });
  if (progress !== null) {
    return (
      <span className={styles.saving}>
        <ProgressBar label="Saving the packets" value={progress.total === 0 ? null : progress.done / progress.total} />
        <IconButton size="small" label="Cancel saving" icon={<X size={14} aria-hidden />} onClick={cancel} />
      </span>
    );
  }
  return (
    <Menu
      align="end"
      trigger={<IconButton size="small" label="Save the shown packets" icon={<Download size={14} aria-hidden />} disabled={disabled} />}
      items={() => [
        { label: 'As pcapng, for Wireshark', onSelect: as('pcapng') },
        { label: 'As JSON lines, with all fields', onSelect: as('jsonl') },
        { label: 'As lines of curl’s test server', onSelect: as('curl') },
        { kind: 'separator' },
        { kind: 'check', label: 'With passwords', checked: secrets, onChange: setSecrets },
      ]}
    />
  );
}
