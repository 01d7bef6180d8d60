import { CircleAlert } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import { contentKind } from '../../../../shared/coap/udp/content-formats.ts';
import { CodeFrame } from '../../../editor/code-frame.tsx';
import { CodeView } from '../../../editor/code-view.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { formatBytes } from '../../common/index.ts';
import { PayloadFile } from './payload-file.tsx';
import { formatChoices, payloadSize, type RequestDraft } from './request-draft.ts';
import styles from './coap-udp.module.css';

const formats = [{ value: 'none', label: 'No content format' }, ...formatChoices];

interface PayloadEditorProps {
  readonly draft: RequestDraft;
  readonly problem: string | undefined;
  readonly onChange: (change: Partial<RequestDraft>) => void;
}

/** The payload as text (JSON in the code editor), in hexadecimal digits, or from a file. */
export function PayloadEditor({ draft, problem, onChange }: PayloadEditorProps): ReactElement {
  const { payload, payloadAs, contentFormat } = draft;
  const bytes = payloadSize(draft);
  const errorId = useId();
  const isJson = payloadAs === 'text' && contentKind(contentFormat ?? undefined) === 'json';
  return (
    <section className={styles['part']} aria-label="Payload">
      <div className={styles['partHead']}>
        <h2 className={styles['label']}>Payload</h2>
        <SegmentedControl
          size="small"
          label="Write the payload as"
          value={payloadAs}
          onChange={(next) => onChange({ payloadAs: next })}
          segments={[
            { value: 'text', label: 'Text' },
            { value: 'hex', label: 'Hex' },
            { value: 'file', label: 'File' },
          ]}
        />
        <Select
          className={styles['format']}
          size="small"
          label="Content format"
          labelHidden
          value={contentFormat === null ? 'none' : String(contentFormat)}
          onChange={(value) => onChange({ contentFormat: value === 'none' ? null : Number(value) })}
          options={formats}
        />
        <span className={styles['size']}>{bytes > 0 ? formatBytes(bytes) : ''}</span>
      </div>
      {payloadAs === 'file' ? (
        <PayloadFile file={draft.file} problem={draft.file ? problem : undefined} onChange={(file) => onChange({ file })} />
      ) : isJson ? (
        <div className={styles['jsonPayload']} role="group" aria-label="Payload as JSON" aria-describedby={problem === undefined ? undefined : errorId}>
          <CodeFrame invalid={problem !== undefined}>
            <CodeView label="Payload" value={payload} language="json" onChange={(next) => onChange({ payload: next })} marks={!payload.includes('{{')} />
          </CodeFrame>
          {problem !== undefined && (
            <p id={errorId} className={styles['error']} role="status">
              <CircleAlert size={12} aria-hidden /> {problem}
            </p>
          )}
        </div>
      ) : (
        <TextArea
          className={styles['payload']}
          label="Payload"
          labelHidden
          mono
          rows={4}
          placeholder={payloadAs === 'hex' ? 'a1 61 76 01' : 'none'}
          value={payload}
          onChange={(next) => onChange({ payload: next })}
          error={problem}
        />
      )}
    </section>
  );
}
