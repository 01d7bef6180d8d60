import type { ReactElement } from 'react';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { BytesField } from './bytes-field.tsx';
import { changeIn, type SectionProps } from './section-props.ts';
import styles from './editor.module.css';

const hints = {
  none: 'The user name and password above, where there are any.',
  'scram-sha-256': 'Proves the password without sending it, and that the broker knows it (RFC 7677).',
  dialog: 'The broker asks, and you answer each of its challenges on this page.',
} as const;

/** Enhanced authentication (§4.12). */
export function AuthenticationSection({ draft, problems, onChange }: SectionProps): ReactElement {
  const { authentication } = draft;
  const set = changeIn(onChange, 'authentication');
  const old = draft.version !== '5';
  return (
    <div className={styles.fields}>
      <Select
        label="Enhanced authentication"
        value={authentication.kind}
        onChange={(kind) => set({ kind })}
        error={problems['authentication.kind']}
        hint={old && authentication.kind === 'none' ? 'Needs MQTT 5.' : hints[authentication.kind]}
        options={[
          { value: 'none', label: 'None' },
          { value: 'scram-sha-256', label: 'SCRAM-SHA-256', disabled: old },
          { value: 'dialog', label: 'Dialog', disabled: old },
        ]}
      />
      {authentication.kind === 'dialog' && (
        <>
          <TextField
            label="Method"
            disabled={old}
            value={authentication.method}
            onChange={(method) => set({ method })}
            error={problems['authentication.method']}
            placeholder="as the broker names it"
            mono
          />
          <BytesField
            label="First data"
            disabled={old}
            value={authentication.initialData}
            onChange={(initialData) => set({ initialData })}
            error={problems['authentication.initialData']}
            hint="Goes with CONNECT; empty: none"
          />
        </>
      )}
    </div>
  );
}
