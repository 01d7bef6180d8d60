import { useId, useState, type ReactElement } from 'react';
import { useStreamValue } from '../../data/index.ts';
import { NumberField } from '../../ui/number-field.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { gfDraftOf, GfRequestFields } from '../coap/index.ts';
import { formFields, HeadersButton, needsMethod, ParamsEditor, ParamsForm, takesHeaders, useDialectWords } from '../rpc/index.ts';
import { known, type CallFields } from './request-draft.ts';
import type { RequestEditorProps } from './request-editors.tsx';
import styles from './request.module.css';

const modes = [
  { value: 'json', label: 'JSON' },
  { value: 'form', label: 'Form' },
] as const;

/** A call over RPC. What was seen of the method on the chosen source helps with its params. */
export function CallRequestEditor({ draft, problems, reveal, source, onChange }: RequestEditorProps<CallFields>): ReactElement {
  const { dialect, topic, method, params, timeoutMs, replyTo, callerId, headers } = draft;
  const [wantsForm, setWantsForm] = useState(false);
  const { options } = useDialectWords();
  const errorId = useId();
  const named =
    topic !== '' &&
    !topic.includes('{{') &&
    !method.includes('{{') &&
    (method !== '' || (dialect !== 'auto' && !needsMethod(dialect))) &&
    method.length <= 1000;
  const schema = useStreamValue('rpc.method', named && dialect !== 'auto' ? { source: source.id, dialect, topic, method } : null)?.paramsSchema ?? null;
  const fields = formFields(schema);
  const gfDraft = dialect === 'gf' ? gfDraftOf(draft) : null;
  return (
    <div className={styles.call}>
      <div className={styles.row}>
        <Select
          className={styles.dialect}
          label="Dialect"
          value={dialect}
          onChange={(next) => onChange({ dialect: next })}
          options={[{ value: 'auto' as const, label: 'Auto', detail: 'as heard on the topic' }, ...options]}
        />
        {!gfDraft && (
          <>
            <TextField
              className={styles.topic}
              label="Topic"
              mono
              value={topic}
              onChange={(next) => onChange({ topic: next })}
              error={reveal || topic !== '' ? problems.topic : undefined}
              placeholder="edge/{{device}}"
            />
            <TextField
              className={styles.method}
              label="Method"
              mono
              value={method}
              onChange={(next) => onChange({ method: next })}
              error={reveal ? problems.method : undefined}
              placeholder="get_status"
            />
          </>
        )}
      </div>
      {gfDraft ? (
        <GfRequestFields saved={draft} draft={gfDraft} reveal={reveal} paramsError={problems.params} onChange={onChange} />
      ) : (
        <>
          <div className={styles.paramsLine}>
            <span className={styles.label}>Params</span>
            <SegmentedControl
              size="small"
              label="Write the params as"
              value={wantsForm && fields ? 'form' : 'json'}
              onChange={(mode) => setWantsForm(mode === 'form')}
              segments={modes.map((mode) => ({ ...mode, disabled: mode.value === 'form' && !fields }))}
            />
            {takesHeaders(known(dialect)) && <HeadersButton headers={headers} onChange={(next) => onChange({ headers: next })} error={problems.headers} />}
            <span className={styles.note}>{fields ? '' : 'A form is there once params of this method were seen.'}</span>
          </div>
          {wantsForm && fields ? (
            <ParamsForm fields={fields} text={params} onChange={(next) => onChange({ params: next })} onShowJson={() => setWantsForm(false)} />
          ) : (
            <ParamsEditor text={params} schema={schema} onChange={(next) => onChange({ params: next })} error={problems.params} errorId={errorId} />
          )}
          <div className={styles.row}>
            <NumberField
              className={styles.timeout}
              label="Time-out"
              unit="s"
              min={0}
              max={86_400}
              size="small"
              value={timeoutMs === null ? null : timeoutMs / 1000}
              onChange={(seconds) => onChange({ timeoutMs: seconds === null ? null : Math.round(seconds * 1000) })}
              error={problems.timeout}
            />
            <TextField
              className={styles.option}
              label="Reply topic"
              mono
              size="small"
              value={replyTo}
              onChange={(next) => onChange({ replyTo: next })}
              error={problems.replyTo}
              placeholder="chosen by the workbench"
            />
            <TextField
              className={styles.option}
              label="Caller id"
              mono
              size="small"
              maxLength={1000}
              value={callerId}
              onChange={(next) => onChange({ callerId: next })}
              placeholder="the client id"
            />
          </div>
        </>
      )}
    </div>
  );
}
