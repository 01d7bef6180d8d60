import { Plus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { contentFormatName } from '../../../../shared/coap/udp/content-formats.ts';
import { isCritical, optionDefinitions } from '../../../../shared/coap/udp/options.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { newId } from '../../common/index.ts';
import type { OptionRow } from './request-draft.ts';
import styles from './coap-udp.module.css';

/** The address, the content format and Observe bring their own. */
const own = new Set(['Uri-Path', 'Uri-Query', 'Content-Format', 'Observe']);

const choices = [
  ...optionDefinitions
    .filter(({ name }) => !own.has(name))
    .map(({ number, name, source }) => ({
      value: String(number),
      label: isCritical(number) ? `${name} (critical)` : name,
      detail: `${number} · ${source}`,
    })),
  { value: 'other', label: 'By number …', detail: 'value in hexadecimal' },
];
const listed = new Set(choices.map(({ value }) => value));

const examples: Readonly<Record<string, string>> = { uint: '60', string: 'text', opaque: '0a1b2c', block: '0/0/64', empty: 'no value' };
const placeholderOf = (number: number | null): string =>
  examples[optionDefinitions.find((definition) => definition.number === number)?.format ?? 'opaque'] ?? '';

/** The contract's limit, less the content format. */
const maxRows = 99;

interface OptionsEditorProps {
  readonly rows: readonly OptionRow[];
  readonly problems: Readonly<Record<string, string>>;
  readonly reveal: boolean;
  readonly onChange: (rows: readonly OptionRow[]) => void;
}

/** Further options of the request, by name or by number. */
export function OptionsEditor({ rows, problems, reveal, onChange }: OptionsEditorProps): ReactElement {
  const edit = (key: string, change: Partial<OptionRow>): void => onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <section className={styles['part']} aria-label="Options" data-empty={rows.length === 0 || undefined}>
      <div className={styles['partHead']}>
        <h2 className={styles['label']}>Options</h2>
        <Button
          size="small"
          icon={<Plus size={13} aria-hidden />}
          disabled={rows.length >= maxRows}
          onClick={() => onChange([...rows, { key: newId(), number: null, text: '' }])}
        >
          Add option
        </Button>
      </div>
      {rows.length === 0 && <p className={styles['faint']}>None beside the path, the query and the content format.</p>}
      <div className={styles['optionRows']}>
        {rows.map((row, at) => {
          const other = row.number !== null && !listed.has(String(row.number));
          const name = `option ${at + 1}`;
          const problem = problems[row.key];
          return (
            <div key={row.key} className={styles['optionRow']} role="group" aria-label={`Option ${at + 1}`}>
              <Select
                className={styles['optionName']}
                size="small"
                label={`Name of ${name}`}
                labelHidden
                placeholder="Choose …"
                value={row.number === null ? null : other ? 'other' : String(row.number)}
                onChange={(value) => edit(row.key, { number: value === 'other' ? 65_000 : Number(value) })}
                options={choices}
              />
              {other && (
                <NumberField
                  className={styles['optionNumber']}
                  size="small"
                  label={`Number of ${name}`}
                  labelHidden
                  min={0}
                  max={65_535}
                  value={row.number}
                  onChange={(number) => edit(row.key, { number: number ?? 65_000 })}
                />
              )}
              <TextField
                className={styles['optionValue']}
                size="small"
                mono
                label={`Value of ${name}`}
                labelHidden
                maxLength={3000}
                placeholder={placeholderOf(row.number)}
                value={row.text}
                onChange={(text) => edit(row.key, { text })}
                hint={row.number === 17 && row.text !== '' && problem === undefined ? contentFormatName(Number(row.text)) : undefined}
                error={reveal || row.text !== '' ? problem : undefined}
              />
              <IconButton
                size="small"
                label={`Remove ${name}`}
                icon={<Trash2 size={14} aria-hidden />}
                onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
              />
            </div>
          );
        })}
      </div>
    </section>
  );
}
