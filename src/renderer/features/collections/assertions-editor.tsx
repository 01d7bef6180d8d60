import { ArrowDown, ArrowUp, CircleCheck, CircleDashed, CircleX, Plus, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useStreamValue } from '../../data/index.ts';
import { rpcErrorNames, type RpcErrorName } from '../../../shared/rpc/rpc-error.ts';
import type { AssertionResult } from '../../../shared/contract/collections.ts';
import { CodeView } from '../../editor/code-view.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import {
  assertionProblems,
  needsValue,
  newAssertions,
  type Assertion,
  type AssertionDraft,
  type AssertionProblems,
  type PathOperator,
} from './assertion-draft.ts';
import { useCoapEntry } from '../coap/index.ts';
import { resultsOf } from './assertion-results.ts';
import { answerChoices, responseChoices } from './answer-choices.ts';
import { Difference } from './check-line.tsx';
import type { LastResult } from './collections-store.ts';
import { keyed, moved, type Keyed, type RequestDraft } from './request-draft.ts';
import styles from './checks.module.css';

interface AssertionsEditorProps {
  /** Of the request: only responses over CoAP have a code. */
  readonly kind: RequestDraft['kind'];
  readonly assertions: readonly Keyed<AssertionDraft>[];
  /** As they were read last. */
  readonly inFile: readonly Assertion[];
  readonly last: LastResult | undefined;
  readonly reveal: boolean;
  readonly onChange: (assertions: readonly Keyed<AssertionDraft>[]) => void;
}

/** What has to be true of the answer, each with how it ended last. */
export function AssertionsEditor({ kind, assertions, inFile, last, reveal, onChange }: AssertionsEditorProps): ReactElement {
  const results = resultsOf(assertions, last, inFile);
  const [added, setAdded] = useState<number | null>(null);
  const call = useStreamValue('rpc.detail', last?.result.callId == null ? null : { id: last.result.callId }) ?? null;
  const add = (draft: AssertionDraft): void => {
    const fresh = keyed(draft);
    setAdded(fresh.key);
    onChange([...assertions, fresh]);
  };
  const edit = (key: number, next: AssertionDraft): void => onChange(assertions.map((one) => (one.key === key ? { ...next, key } : one)));
  const response = useCoapEntry(last?.result.coapId ?? null);
  const choices = call ? answerChoices(call) : response ? responseChoices(response) : [];
  const menu: readonly MenuEntry[] = [
    ...(kind === 'coap' ? [{ label: 'Code', onSelect: () => add(newAssertions.code) }] : []),
    { label: 'Status', onSelect: () => add(newAssertions.status) },
    { label: 'Value at a path', onSelect: () => add(newAssertions.path) },
    { label: 'Schema', onSelect: () => add(newAssertions.schema) },
    { label: 'Time', onSelect: () => add(newAssertions.time) },
  ];
  const fromAnswer: readonly MenuEntry[] = choices.map((choice) =>
    'choices' in choice
      ? { kind: 'submenu', label: choice.label, items: choice.choices.map(({ label, detail, draft }) => ({ label, detail, onSelect: () => add(draft) })) }
      : { label: choice.label, detail: choice.detail, onSelect: () => add(choice.draft) },
  );
  const full = assertions.length >= 200;
  const buttons = (
    <>
      <Menu
        trigger={
          <Button size="small" icon={<Plus size={14} aria-hidden />} disabled={full}>
            Add an assertion
          </Button>
        }
        items={menu}
      />
      <Menu
        trigger={
          <Button size="small" disabled={full || fromAnswer.length === 0} title={fromAnswer.length === 0 ? 'Run the request first' : undefined}>
            Add from the last answer
          </Button>
        }
        items={fromAnswer}
      />
    </>
  );
  if (assertions.length === 0) {
    return (
      <EmptyState
        compact
        title="No assertions yet"
        text="Without one about its status or code, a request passes when it succeeds. Run it and pick from the answer what has to stay as it is."
        actions={buttons}
      />
    );
  }
  return (
    <div className={styles.editor}>
      <ol className={styles.list} aria-label="Assertions">
        {assertions.map((one, at) => (
          <AssertionRow
            key={one.key}
            draft={one}
            at={at}
            count={assertions.length}
            result={results[at] ?? null}
            problems={reveal || one.key !== added ? assertionProblems(one) : {}}
            focus={one.key === added}
            onEdit={(next) => edit(one.key, next)}
            onMove={(step) => onChange(moved(assertions, at, step))}
            onRemove={() => onChange(assertions.filter(({ key }) => key !== one.key))}
          />
        ))}
      </ol>
      <div className={styles.buttons}>{buttons}</div>
    </div>
  );
}

interface RowProps {
  readonly draft: AssertionDraft;
  readonly at: number;
  readonly count: number;
  readonly result: AssertionResult | null;
  readonly problems: AssertionProblems;
  readonly focus: boolean;
  readonly onEdit: (next: AssertionDraft) => void;
  readonly onMove: (step: 1 | -1) => void;
  readonly onRemove: () => void;
}

const kindNames = { status: 'Status', code: 'Code', path: 'Value', schema: 'Schema', time: 'Time' } as const;

function AssertionRow({ draft, at, count, result, problems, focus, onEdit, onMove, onRemove }: RowProps): ReactElement {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (focus) row.current?.querySelector<HTMLElement>('input, [role="combobox"], textarea')?.focus();
  }, [focus]);
  const name = `${kindNames[draft.kind]} ${at + 1}`;
  return (
    <li ref={row} className={styles.assertion} aria-label={name}>
      <div className={styles.assertionLine}>
        <ResultMark result={result} />
        <span className={styles.kind}>{kindNames[draft.kind]}</span>
        <div className={styles.fields}>
          <AssertionFields draft={draft} problems={problems} onEdit={onEdit} />
        </div>
        <span className={styles.rowButtons}>
          <IconButton size="small" label={`Move ${name} up`} icon={<ArrowUp size={13} aria-hidden />} disabled={at === 0} onClick={() => onMove(-1)} />
          <IconButton
            size="small"
            label={`Move ${name} down`}
            icon={<ArrowDown size={13} aria-hidden />}
            disabled={at === count - 1}
            onClick={() => onMove(1)}
          />
          <IconButton size="small" label={`Remove ${name}`} icon={<X size={14} aria-hidden />} onClick={onRemove} />
        </span>
      </div>
      {result && !result.passed && (
        <div className={styles.why}>
          <Difference check={result} />
        </div>
      )}
    </li>
  );
}

function ResultMark({ result }: { readonly result: AssertionResult | null }): ReactElement {
  if (!result) return <CircleDashed size={15} aria-label="not checked yet" className={styles.unknown} />;
  return result.passed ? (
    <CircleCheck size={15} aria-label="passed" className={styles.passed} />
  ) : (
    <CircleX size={15} aria-label="failed" className={styles.failed} />
  );
}

const statusOptions = [
  { value: 'ok', label: 'is OK', detail: 'a result came' },
  { value: 'failed', label: 'is an error', detail: 'of the peer, or nothing was sent' },
  { value: 'timed-out', label: 'is timed out', detail: 'no answer came' },
] as const;

const operatorOptions: readonly { readonly value: PathOperator; readonly label: string }[] = [
  { value: 'equals', label: 'equals' },
  { value: 'not-equals', label: 'does not equal' },
  { value: 'matches', label: 'matches' },
  { value: 'less', label: 'is less than' },
  { value: 'greater', label: 'is greater than' },
  { value: 'exists', label: 'exists' },
  { value: 'not-exists', label: 'does not exist' },
];

interface FieldsProps {
  readonly draft: AssertionDraft;
  readonly problems: AssertionProblems;
  readonly onEdit: (next: AssertionDraft) => void;
}

function AssertionFields({ draft, problems, onEdit }: FieldsProps): ReactElement {
  switch (draft.kind) {
    case 'status':
      return (
        <>
          <Select
            className={styles.status}
            label="Status"
            labelHidden
            size="small"
            value={draft.is}
            onChange={(is) => onEdit({ ...draft, is })}
            options={statusOptions}
          />
          {draft.is === 'failed' && (
            <Select<RpcErrorName | '-'>
              className={styles.errorName}
              label="Which error"
              labelHidden
              size="small"
              value={draft.error ?? '-'}
              onChange={(error) => onEdit({ ...draft, error: error === '-' ? null : error })}
              options={[{ value: '-', label: 'any error' }, ...rpcErrorNames.map((error) => ({ value: error, label: error }))]}
            />
          )}
        </>
      );
    case 'code':
      return (
        <TextField
          className={styles.time}
          label="Code or class"
          labelHidden
          mono
          size="small"
          maxLength={4}
          placeholder="2.05"
          value={draft.is}
          onChange={(is) => onEdit({ ...draft, is })}
          error={problems.code}
        />
      );
    case 'time':
      return (
        <NumberField
          className={styles.time}
          label="Answered in less than"
          labelHidden
          unit="ms"
          min={0}
          max={86_400_000}
          size="small"
          value={draft.belowMs}
          onChange={(belowMs) => onEdit({ ...draft, belowMs })}
          error={problems.belowMs}
        />
      );
    case 'schema':
      return (
        <>
          <TextField
            className={styles.path}
            label="Path of what is checked"
            labelHidden
            mono
            size="small"
            placeholder="$ – the whole"
            value={draft.path}
            onChange={(path) => onEdit({ ...draft, path })}
            error={problems.path}
          />
          <div className={styles.schema} data-invalid={problems.schema === undefined ? undefined : true}>
            <CodeView label="JSON Schema" value={draft.schema} language="json" onChange={(schema) => onEdit({ ...draft, schema })} />
          </div>
          {problems.schema !== undefined && (
            <p className={styles.problem} role="status">
              {problems.schema}
            </p>
          )}
        </>
      );
    default:
      return (
        <>
          <TextField
            className={styles.path}
            label="Path"
            labelHidden
            mono
            size="small"
            maxLength={2000}
            placeholder="$.target"
            value={draft.path}
            onChange={(path) => onEdit({ ...draft, path })}
            error={problems.path}
          />
          <Select
            className={styles.operator}
            label="How it is compared"
            labelHidden
            size="small"
            value={draft.operator}
            onChange={(operator) => onEdit({ ...draft, operator })}
            options={operatorOptions}
          />
          {needsValue(draft.operator) && (
            <TextField
              className={styles.value}
              label={draft.operator === 'matches' ? 'Regular expression' : 'Value as JSON, or a text'}
              labelHidden
              mono
              size="small"
              placeholder={draft.operator === 'matches' ? '^v\\d+$' : '21.5'}
              value={draft.value}
              onChange={(value) => onEdit({ ...draft, value })}
              error={problems.value}
            />
          )}
        </>
      );
  }
}
