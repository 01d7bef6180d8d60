import { useState, type ReactElement } from 'react';
import type { DialectCheck } from '../../../../shared/contract/rpc-dialects.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import {
  fieldValue,
  problemOfField,
  profileText,
  readProfile,
  requestFields,
  responseFields,
  wholeMessage,
  withFieldValue,
  type DialectDraft,
  type ProfileField,
} from './dialect-draft.ts';
import { DialectTest } from './dialect-test.tsx';
import styles from './dialects.module.css';
import type { Samples } from './use-dialect-check.ts';

interface DialectEditorProps {
  readonly draft: DialectDraft;
  readonly onChange: (draft: DialectDraft) => void;
  readonly samples: Samples;
  readonly onSamples: (samples: Samples) => void;
  readonly check: DialectCheck | null;
}

const modes = [
  { value: 'form', label: 'Form' },
  { value: 'json', label: 'JSON' },
] as const;

/** One dialect: its name, its profile as fields or JSON, and what it makes of a message and of a call. */
export function DialectEditor({ draft, onChange, samples, onSamples, check }: DialectEditorProps): ReactElement {
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const profile = readProfile(draft.profile);
  const isJson = 'value' in profile;
  const problems = check?.problems ?? [];
  const known = [...requestFields, ...responseFields];
  const others = problems.filter(
    ({ path }) => mode === 'json' || !isJson || !known.some((field) => problemOfField([{ path, message: '' }], field) !== undefined),
  );
  const setField = (field: ProfileField, text: string): void => {
    if (isJson) onChange({ ...draft, profile: profileText(withFieldValue(profile.value, field, text)) });
  };
  return (
    <div className={styles['editor']}>
      <div className={styles['pair']}>
        <TextField
          label="Name"
          maxLength={100}
          value={draft.name}
          onChange={(name) => onChange({ ...draft, name })}
          error={draft.name.trim() === '' ? 'Give it a name.' : undefined}
        />
        <TextField label="Notes" maxLength={2000} value={draft.description} onChange={(description) => onChange({ ...draft, description })} />
      </div>
      <div className={styles['modes']}>
        <SegmentedControl label="Write the profile as" size="small" value={isJson ? mode : 'json'} onChange={setMode} segments={modes} />
        <span className={styles['faint']}>
          In topics: {'{topic} {method} {id} {client} {caller}'}. Parts of the JSON by pointer: <code>/params</code>
        </span>
      </div>
      {mode === 'form' && isJson ? (
        <div className={styles['fields']}>
          <FieldSet title="Request" fields={requestFields} profile={profile.value} problems={problems} onField={setField}>
            <Select
              label="Ids are"
              size="small"
              value={fieldValue(profile.value, idsField) === 'number' ? 'number' : 'text'}
              onChange={(ids) => onChange({ ...draft, profile: profileText({ ...(profile.value as object), ids }) })}
              options={[
                { value: 'text', label: 'Texts', detail: 'UUID' },
                { value: 'number', label: 'Numbers', detail: '31 bits' },
              ]}
            />
          </FieldSet>
          <FieldSet title="Answer" fields={responseFields} profile={profile.value} problems={problems} onField={setField} />
        </div>
      ) : (
        <div className={styles['json']}>
          <CodeView label="Profile as JSON" language="json" value={draft.profile} onChange={(text) => onChange({ ...draft, profile: text })} />
        </div>
      )}
      {(others.length > 0 || !isJson) && (
        <ul className={styles['problems']} role="status" aria-label="Problems">
          {isJson ? (
            others.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                {path !== '' && <code>{path}</code>} {message}
              </li>
            ))
          ) : (
            <li>{profile.problem}</li>
          )}
        </ul>
      )}
      <DialectTest samples={samples} onSamples={onSamples} check={problems.length > 0 || !isJson ? null : check} />
    </div>
  );
}

/** Beside the two sections. */
const idsField = { path: ['ids'] as unknown as ProfileField['path'], label: '', kind: 'template' } as const;

interface FieldSetProps {
  readonly title: string;
  readonly fields: readonly ProfileField[];
  readonly profile: Parameters<typeof fieldValue>[0];
  readonly problems: DialectCheck['problems'];
  readonly onField: (field: ProfileField, text: string) => void;
  readonly children?: ReactElement;
}

function FieldSet({ title, fields, profile, problems, onField, children }: FieldSetProps): ReactElement {
  return (
    <fieldset className={styles['set']}>
      <legend>{title}</legend>
      {fields.map((field) => (
        <TextField
          key={field.path[1]}
          label={field.label}
          className={field.kind === 'pointer' ? undefined : styles['wide']}
          size="small"
          mono
          value={fieldValue(profile, field)}
          onChange={(text) => onField(field, text)}
          error={problemOfField(problems, field)}
          placeholder={field.placeholder ?? ''}
          {...(field.path[1] === 'result' ? { hint: `${wholeMessage}: the answer is the result` } : {})}
        />
      ))}
      {children}
    </fieldset>
  );
}
