import type { ReactElement } from 'react';
import { TextField } from '../../../ui/text-field.tsx';
import type { DraftProblems, RequestDraft } from './request-draft.ts';
import styles from './request-builder.module.css';

interface TargetFieldsProps {
  readonly draft: Pick<RequestDraft, 'target' | 'subsystem' | 'path'>;
  readonly problems: Pick<DraftProblems, 'target' | 'subsystem' | 'path'>;
  /** Problems of fields that are empty are shown, too. */
  readonly reveal: boolean;
  readonly onChange: (change: Partial<Pick<RequestDraft, 'target' | 'subsystem' | 'path'>>) => void;
}

/** Which device is asked: its tag and subsystem. */
export function DeviceFields({ draft, problems, reveal, onChange }: TargetFieldsProps): ReactElement {
  return (
    <>
      <TextField
        className={styles.device}
        label="Device"
        mono
        value={draft.target}
        onChange={(target) => onChange({ target })}
        error={reveal || draft.target !== '' ? problems.target : undefined}
        placeholder="2D_XX_0_9999"
      />
      <TextField
        className={styles.subsystem}
        label="Subsystem"
        mono
        value={draft.subsystem}
        onChange={(subsystem) => onChange({ subsystem })}
        error={reveal || draft.subsystem !== '' ? problems.subsystem : undefined}
        placeholder="axuv"
      />
    </>
  );
}

/** Which of its resources. */
export function PathField({ draft, problems, reveal, onChange }: TargetFieldsProps): ReactElement {
  return (
    <TextField
      className={styles.path}
      label="Path"
      mono
      value={draft.path}
      onChange={(path) => onChange({ path })}
      error={reveal || draft.path !== '' ? problems.path : undefined}
      placeholder="gains"
    />
  );
}
