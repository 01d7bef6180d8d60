import type { ReactElement, ReactNode } from 'react';
import { methodCodes, type CoapMethod } from '../../../../shared/coap/udp/packet.ts';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { OptionsEditor } from './options-editor.tsx';
import { PayloadEditor } from './payload-editor.tsx';
import type { DraftProblems, RequestDraft } from './request-draft.ts';
import { SendSettings } from './send-settings.tsx';
import styles from './coap-udp.module.css';

const methods = Object.keys(methodCodes).map((name) => ({ value: name as CoapMethod, label: name }));

interface RequestFieldsProps {
  readonly draft: RequestDraft;
  readonly problems: DraftProblems;
  readonly reveal: boolean;
  readonly onChange: (change: Partial<RequestDraft>) => void;
  /** Beside the address. */
  readonly actions?: ReactNode;
  /** Behind the settings. */
  readonly tools?: ReactNode;
  /** Between the settings and the payload. */
  readonly notes?: ReactNode;
}

/** Everything of a request over UDP: where it goes, how it is sent, payload and options. */
export function RequestFields({ draft, problems, reveal, onChange, actions, tools, notes }: RequestFieldsProps): ReactElement {
  const { uri } = draft;
  return (
    <>
      <div className={styles['line']}>
        <Select className={styles['method']} label="Method" value={draft.method} onChange={(method) => onChange({ method })} options={methods} />
        <TextField
          className={styles['uri']}
          label="Address"
          mono
          value={uri}
          onChange={(next) => onChange({ uri: next })}
          placeholder="coap://127.0.0.1:5683/.well-known/core"
          maxLength={8192}
          error={reveal || uri.includes('://') ? problems.uri : undefined}
        />
        {actions}
      </div>
      <div className={styles['settings']}>
        <SendSettings draft={draft} problems={problems} reveal={reveal} onChange={onChange} />
        {tools !== undefined && <span className={styles['tools']}>{tools}</span>}
      </div>
      {notes}
      <div className={styles['parts']}>
        <PayloadEditor draft={draft} problem={reveal || draft.payloadAs !== 'file' || draft.file ? problems.payload : undefined} onChange={onChange} />
        <OptionsEditor rows={draft.options} problems={problems.options} reveal={reveal} onChange={(options) => onChange({ options })} />
      </div>
    </>
  );
}
