import { useState, type ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { CoapRequestFields, coapProblems, takeFile, type CoapDraft } from '../coap/index.ts';
import type { CoapFields } from './request-draft.ts';
import type { RequestEditorProps } from './request-editors.tsx';
import styles from './request.module.css';

/** A request over UDP. A file as payload is taken into the request, which has to be whole wherever it is run. */
export function CoapRequestEditor({ draft: { coap }, reveal, onChange }: RequestEditorProps<CoapFields>): ReactElement {
  const [refused, setRefused] = useState<string | null>(null);
  const edit = (change: Partial<CoapDraft>): void => {
    const next = { ...coap, ...change };
    const taken = change.file ? takeFile(next) : { draft: next };
    setRefused('problem' in taken ? taken.problem : null);
    if ('draft' in taken) onChange({ coap: taken.draft });
  };
  return (
    <div className={styles.coap}>
      {refused !== null && <Banner inset kind="bad" title={refused} onDismiss={() => setRefused(null)} />}
      <CoapRequestFields draft={coap} problems={coapProblems(coap)} reveal={reveal} onChange={edit} />
    </div>
  );
}
