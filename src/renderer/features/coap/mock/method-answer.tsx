import { useId, type ReactElement } from 'react';
import type { MockMethodName } from '../../../../shared/contract/mock-devices.ts';
import { mockScriptTypes } from '../../../../shared/scripts/script-types.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { ScriptEditor } from '../../../editor/script-editor.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { FaultsSection, noFaults } from '../../rpc/index.ts';
import { CodePicker } from './code-picker.tsx';
import { percentWords } from './mock-words.ts';
import type { MethodDraft, MethodProblems, MockAnswerKind } from './resource-draft.ts';
import styles from './mock-devices.module.css';

interface MethodAnswerProps {
  readonly method: MockMethodName;
  readonly draft: MethodDraft;
  readonly problems: MethodProblems;
  readonly onChange: (part: Partial<MethodDraft>) => void;
}

const kinds: readonly { readonly value: MockAnswerKind; readonly label: string }[] = [
  { value: 'state', label: 'State' },
  { value: 'static', label: 'Static' },
  { value: 'template', label: 'Template' },
  { value: 'script', label: 'Script' },
];

const stateWords: Readonly<Record<MockMethodName, string>> = {
  GET: 'Answers 205 with the state.',
  POST: 'Creates a resource below this one with the body as its state, and answers 201 with its location.',
  PUT: 'Takes the body as the new state, and answers 204; 201 where the resource was deleted.',
  DELETE: 'Removes the resource with what was created below it, and answers 202; then 404 until a PUT.',
  FETCH: 'Answers 205 with the members of the state that the body lists. Over UDP only.',
  PATCH: 'Merges the body into the state (RFC 7396), and answers 204. Over UDP only.',
  iPATCH: 'Merges the body into the state (RFC 7396), and answers 204. Over UDP only.',
};

/** How one method answers. Give it the method as key. */
export function MethodAnswer({ method, draft, problems, onChange }: MethodAnswerProps): ReactElement {
  const errorId = useId();
  const { on, kind, code, texts } = draft;
  const { answer, code: codeProblem, unlistedRate: rateProblem, unlistedCode: unlistedProblem, ...faultProblems } = problems;
  return (
    <section className={styles['method']} aria-label={`${method} is answered`}>
      <div className={styles['methodHead']}>
        <Switch label={`Answer ${method}`} checked={on} onChange={(next) => onChange({ on: next })} />
        {on ? (
          <SegmentedControl size="small" label="Kind of answer" value={kind} onChange={(next) => onChange({ kind: next })} segments={kinds} />
        ) : (
          <span className={styles['note']}>Answered with 405.</span>
        )}
        {on && (kind === 'static' || kind === 'template') && <CodePicker label="Code" labelHidden value={code} onChange={(next) => onChange({ code: next })} />}
      </div>
      {on && kind === 'state' && <p className={styles['about']}>{stateWords[method]}</p>}
      {on && kind !== 'state' && (
        <>
          <p className={styles['about']}>
            {kind === 'template' && (
              <>
                JSON with <code>{'{{body}}'}</code>, <code>{'{{state}}'}</code>, <code>{'"{{path}}"'}</code>, <code>{'"{{method}}"'}</code>,{' '}
                <code>{'"{{callerId}}"'}</code>.
              </>
            )}
            {kind === 'script' && (
              <>
                Returns the body, or <code>{'{ code, body, location, state }'}</code>; <code>call</code> and <code>publish</code> reach others over MQTT.
              </>
            )}
          </p>
          <div className={styles['answer']} data-invalid={answer === undefined ? undefined : true} aria-describedby={errorId}>
            {kind === 'script' ? (
              <ScriptEditor
                label="Script that answers"
                value={texts.script}
                types={mockScriptTypes}
                onChange={(script) => onChange({ texts: { ...texts, script } })}
                className={styles['inFrame'] ?? ''}
              />
            ) : (
              <CodeView
                label={kind === 'static' ? 'Body as JSON; empty stands for null' : 'Body as JSON with placeholders'}
                value={texts[kind]}
                language={kind === 'static' ? 'json' : 'plaintext'}
                onChange={(text) => onChange({ texts: { ...texts, [kind]: text } })}
              />
            )}
          </div>
          {kind === 'static' && method === 'POST' && (
            <TextField
              label="Location"
              mono
              size="small"
              value={draft.location}
              onChange={(location) => onChange({ location })}
              placeholder="of what it would create"
              maxLength={1000}
            />
          )}
        </>
      )}
      <p id={errorId} className={styles['error']} role="status">
        {answer ?? codeProblem}
      </p>
      {on && (
        <FaultsSection
          faults={draft.faults}
          problems={faultProblems}
          onChange={(faults) => onChange({ faults: { ...draft.faults, ...faults } })}
          more={{
            words: (draft.unlistedRate ?? 0) > 0 ? [percentWords(draft.unlistedRate ?? 0, draft.unlistedCode)] : [],
            broken: rateProblem !== undefined || unlistedProblem !== undefined,
            switchOff: () => onChange({ faults: noFaults, unlistedRate: 0 }),
            fields: <CodeFaults draft={draft} problems={problems} onChange={onChange} />,
          }}
        />
      )}
    </section>
  );
}

/** What only responses with codes can get wrong. */
function CodeFaults({ draft, problems, onChange }: Pick<MethodAnswerProps, 'draft' | 'problems' | 'onChange'>): ReactElement {
  return (
    <>
      <CodePicker className={styles['wide']} label="Code of the error" value={draft.errorCode} onChange={(errorCode) => onChange({ errorCode })} />
      <NumberField
        label="Unlisted code"
        unit="%"
        size="small"
        min={0}
        max={100}
        step={10}
        value={toPercent(draft.unlistedRate)}
        onChange={(rate) => onChange({ unlistedRate: rate === null ? null : rate / 100 })}
        error={problems.unlistedRate}
        hint="silences real callers"
      />
      <NumberField
        label="The unlisted code"
        size="small"
        min={200}
        max={599}
        value={draft.unlistedCode}
        onChange={(unlistedCode) => onChange({ unlistedCode })}
        error={problems.unlistedCode}
      />
    </>
  );
}

const toPercent = (rate: number | null): number | null => (rate === null ? null : Number((rate * 100).toFixed(4)));
