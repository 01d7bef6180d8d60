import { Plus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { Popover } from '../../ui/popover.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { countHeaders, type CallHeaders } from './call-draft.ts';
import styles from './headers-button.module.css';

interface HeadersButtonProps {
  readonly headers: CallHeaders;
  readonly onChange: (headers: CallHeaders) => void;
  readonly error: string | undefined;
}

/** The contract's limit. */
const maxRows = 100;

/** MQTT 5 properties of the request, behind a button that counts them: most calls have none. */
export function HeadersButton({ headers, onChange, error }: HeadersButtonProps): ReactElement {
  const { userProperties, contentType, expirySeconds } = headers;
  const count = countHeaders(headers);
  const setRow = (at: number, row: readonly [string, string]): void =>
    onChange({ ...headers, userProperties: userProperties.map((old, index) => (index === at ? row : old)) });
  return (
    <div className={styles.frame}>
      <Popover
        side="top"
        align="end"
        title="Headers"
        trigger={
          <Button size="small" variant={error === undefined ? 'secondary' : 'danger'}>
            {count === 0 ? 'Headers' : `Headers (${count})`}
          </Button>
        }
      >
        <div className={styles.panel}>
          <p className={styles.note}>Properties of MQTT 5 that go with the request, beside those the dialect needs.</p>
          <div className={styles.rows} role="group" aria-label="User properties">
            {userProperties.map(([name, value], at) => (
              // Names may repeat, and keep their place.
              // oxlint-disable-next-line react/no-array-index-key
              <div key={at} className={styles.row}>
                <TextField
                  className={styles.name}
                  label={`Name ${at + 1}`}
                  labelHidden
                  mono
                  size="small"
                  maxLength={1000}
                  placeholder="name"
                  value={name}
                  onChange={(next) => setRow(at, [next, value])}
                />
                <TextField
                  className={styles.value}
                  label={`Value ${at + 1}`}
                  labelHidden
                  mono
                  size="small"
                  maxLength={10_000}
                  placeholder="value"
                  value={value}
                  onChange={(next) => setRow(at, [name, next])}
                />
                <IconButton
                  size="small"
                  label={`Remove user property ${at + 1}`}
                  icon={<Trash2 size={14} aria-hidden />}
                  onClick={() => onChange({ ...headers, userProperties: userProperties.filter((_row, index) => index !== at) })}
                />
              </div>
            ))}
            <Button
              size="small"
              icon={<Plus size={13} aria-hidden />}
              disabled={userProperties.length >= maxRows}
              onClick={() => onChange({ ...headers, userProperties: [...userProperties, ['', '']] })}
            >
              Add a user property
            </Button>
          </div>
          <div className={styles.row}>
            <TextField
              className={styles.value}
              label="Content type"
              mono
              size="small"
              maxLength={1000}
              placeholder="as the dialect has it"
              value={contentType}
              onChange={(next) => onChange({ ...headers, contentType: next })}
            />
            <NumberField
              className={styles.name}
              label="Message expiry"
              unit="s"
              min={0}
              max={4_294_967_295}
              size="small"
              placeholder="never"
              value={expirySeconds}
              onChange={(next) => onChange({ ...headers, expirySeconds: next })}
            />
          </div>
          {error !== undefined && (
            <p className={styles.error} role="alert">
              {error}
            </p>
          )}
        </div>
      </Popover>
    </div>
  );
}
