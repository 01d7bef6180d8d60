import { useId, useState, type ReactElement } from 'react';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { fieldText, formValues, readField, withField, type FormField } from './params-form.ts';
import styles from './call-builder.module.css';

interface ParamsFormProps {
  readonly fields: readonly FormField[];
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onShowJson: () => void;
}

/** Params as fields. The JSON stays the one truth: what the form does not show is kept. */
export function ParamsForm({ fields, text, onChange, onShowJson }: ParamsFormProps): ReactElement {
  const values = formValues(text);
  if (!values) {
    return (
      <EmptyState
        compact
        title="The params are no object"
        text="The form shows the properties of an object. What stands there as JSON is something else, or is broken."
        actions={
          <>
            <Button size="small" onClick={onShowJson}>
              Show the JSON
            </Button>
            <Button size="small" onClick={() => onChange('{}')}>
              Start from an empty object
            </Button>
          </>
        }
      />
    );
  }
  return (
    <div className={styles.form} role="group" aria-label="Params">
      {fields.map((field) => (
        <ParamField
          key={`${field.name} ${field.kind}`}
          field={field}
          value={values[field.name]}
          onChange={(value) => onChange(withField(text, field.name, value))}
        />
      ))}
    </div>
  );
}

interface ParamFieldProps {
  readonly field: FormField;
  readonly value: JsonValue | undefined;
  readonly onChange: (value: JsonValue | undefined) => void;
}

function ParamField(props: ParamFieldProps): ReactElement {
  return props.field.kind === 'boolean' ? <BooleanField {...props} /> : <WrittenField {...props} />;
}

function BooleanField({ field, value, onChange }: ParamFieldProps): ReactElement {
  return (
    <Select
      label={field.name}
      value={typeof value === 'boolean' ? (value ? 'true' : 'false') : 'none'}
      onChange={(next) => onChange(next === 'none' ? undefined : next === 'true')}
      options={[
        { value: 'true', label: 'true' },
        { value: 'false', label: 'false' },
        { value: 'none', label: 'left out', disabled: field.required },
      ]}
    />
  );
}

function WrittenField({ field, value, onChange }: ParamFieldProps): ReactElement {
  // What is being typed, as long as it stands for the value: a half-written number stays as it is.
  const [typed, setTyped] = useState<string | null>(null);
  const listId = useId();
  const read = typed === null ? null : readField(field, typed);
  const problem = read && 'problem' in read ? read.problem : undefined;
  const stillTyped = typed !== null && (problem !== undefined || (read && 'value' in read && fieldText(field, read.value) === fieldText(field, value)));
  return (
    <>
      <TextField
        label={field.name}
        mono
        value={stillTyped ? typed : fieldText(field, value)}
        onChange={(next) => {
          setTyped(next);
          const result = readField(field, next);
          if ('value' in result) onChange(result.value);
        }}
        onBlur={() => problem === undefined && setTyped(null)}
        error={problem ?? (field.required && value === undefined && typed !== null ? 'So far it was always there.' : undefined)}
        hint={field.hint ?? (field.required ? undefined : 'May be left out')}
        {...(field.suggestions.length > 0 ? { list: listId } : {})}
      />
      {field.suggestions.length > 0 && (
        <datalist id={listId}>
          {field.suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion}>
              {suggestion}
            </option>
          ))}
        </datalist>
      )}
    </>
  );
}
