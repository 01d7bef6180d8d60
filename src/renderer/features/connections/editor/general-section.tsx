import { useId, type ReactElement } from 'react';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { ColorPicker } from '../../../ui/color-picker.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { SectionProps } from './section-props.ts';
import styles from './editor.module.css';

/** How the connection stands in the list, and when it is opened by itself. */
export function GeneralSection({ draft, problems, onChange, folders }: SectionProps & { readonly folders: readonly string[] }): ReactElement {
  const id = useId();
  return (
    <div className={styles.fields}>
      <div className={styles.row}>
        <TextField
          label="Folder"
          value={draft.folder}
          onChange={(folder) => onChange({ folder })}
          error={problems['folder']}
          placeholder="none"
          hint="With / between folders in folders: Plant/Line 2"
          list={id}
          maxLength={600}
        />
        <datalist id={id}>
          {folders.slice(0, 200).map((folder) => (
            <option key={folder}>{folder}</option>
          ))}
        </datalist>
        <ColorPicker label="Colour" value={draft.color} onChange={(color) => onChange({ color })} />
      </div>
      <div className={styles.row}>
        <Checkbox
          label="Favourite"
          hint="Stands first in the list, above all folders."
          checked={draft.favourite}
          onChange={(favourite) => onChange({ favourite })}
        />
        <Checkbox
          label="Connect when the workbench starts"
          hint="Goes on trying where Reconnect is on."
          checked={draft.connectAtStart}
          onChange={(connectAtStart) => onChange({ connectAtStart })}
        />
      </div>
      <Checkbox
        label="Devices with pika-mqtt are at the other end"
        hint="What they cannot take is told before it is published: topics above 64 bytes, packets above 1 KiB, NUL, empty payloads."
        checked={draft.pikaPeers}
        onChange={(pikaPeers) => onChange({ pikaPeers })}
      />
      <TextArea
        label="Notes"
        value={draft.notes}
        onChange={(notes) => onChange({ notes })}
        error={problems['notes']}
        rows={3}
        placeholder="Who runs this broker, what may be published, where the password is …"
      />
    </div>
  );
}
