import { useState, type ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { FileButton, plural } from '../../common/index.ts';
import { certificateText, pemBlocks } from '../draft/pem.ts';
import styles from './editor.module.css';

interface PemFieldProps {
  readonly label: string;
  /** In the middle of a sentence: `the CA`. */
  readonly what: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** When pasting or choosing is over. */
  readonly onDone?: (value: string) => void;
  readonly error: string | undefined;
  /** What it means that there is none. */
  readonly empty: string;
}

const maxFileBytes = 750_000;

/** Certificates from a file or pasted. */
export function PemField({ label, what, value, onChange, onDone, error, empty }: PemFieldProps): ReactElement {
  const [pasting, setPasting] = useState(false);
  const shown = value !== '' || pasting;
  const count = pemBlocks(value).length;
  return (
    <div className={styles.material} role="group" aria-label={label}>
      <div className={styles.line}>
        <span className={styles.materialName}>{label}</span>
        <span className={styles.materialState}>{value === '' ? empty : plural(count, 'certificate')}</span>
        <FileButton
          what={what}
          accept=".pem,.crt,.cer,.der,.cert,.ca-bundle"
          maxBytes={maxFileBytes}
          onFile={(_name, bytes) => {
            const text = certificateText(bytes);
            onChange(text);
            onDone?.(text);
          }}
        />
        {!shown && (
          <Button size="small" aria-label={`Paste ${what}`} onClick={() => setPasting(true)}>
            Paste
          </Button>
        )}
        {shown && (
          <Button
            size="small"
            variant="ghost"
            aria-label={`Remove ${what}`}
            onClick={() => {
              setPasting(false);
              onChange('');
            }}
          >
            Remove
          </Button>
        )}
      </div>
      {shown && (
        <TextArea
          label={`${label} as PEM`}
          labelHidden
          mono
          rows={4}
          placeholder={'-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----'}
          value={value}
          onChange={onChange}
          onBlur={() => onDone?.(value)}
          error={error}
        />
      )}
    </div>
  );
}
