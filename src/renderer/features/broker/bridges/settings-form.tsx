import { useState, type ReactElement, type ReactNode } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { Button } from '../../../ui/button.tsx';
import { saveDraft } from './bridges-actions.ts';
import { setBridge, type BridgeDraft } from './bridges-model.ts';
import styles from './bridges.module.css';

interface SettingsFormProps {
  readonly label: string;
  readonly id: string;
  /** `null`: nothing is unsaved. */
  readonly draft: BridgeDraft | null;
  readonly isRight: boolean;
  /** What saving does. */
  readonly note: string;
  readonly onTry?: () => void;
  readonly children: ReactNode;
}

/** Settings that are saved explicitly, by the button or Ctrl+S. */
export function SettingsForm({ label, id, draft, isRight, note, onTry, children }: SettingsFormProps): ReactElement {
  const [saving, setSaving] = useState(false);
  const save = async (): Promise<void> => {
    onTry?.();
    if (!isRight || draft === null || saving) return;
    setSaving(true);
    await saveDraft(draft);
    setSaving(false);
  };
  useCommands([
    {
      id: 'brokerBridges.save',
      title: 'Save the intercept or bridge',
      group: 'Broker',
      place: 'broker',
      view: 'bridges',
      shortcut: 'Mod+S',
      when: () => draft !== null,
      run: () => void save(),
    },
  ]);
  return (
    <form
      className={styles.settings}
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.settingsForm}>{children}</div>
      {draft !== null && (
        <div className={styles.saveBar}>
          <span className={styles.note}>{isRight ? note : 'Something is not right yet: see the fields above.'}</span>
          <Button variant="ghost" onClick={() => setBridge(id, { draft: null })}>
            Discard
          </Button>
          <Button type="submit" variant="primary" busy={saving} disabled={!isRight}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
