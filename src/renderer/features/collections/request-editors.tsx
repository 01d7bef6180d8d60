import type { ReactElement } from 'react';
import type { SourceOption } from '../common/index.ts';
import { CallRequestEditor } from './call-request-editor.tsx';
import { CoapRequestEditor } from './coap-request-editor.tsx';
import type { RequestDraft, RequestProblems } from './request-draft.ts';

export interface RequestEditorProps<D extends RequestDraft = RequestDraft> {
  readonly draft: D;
  readonly problems: RequestProblems;
  /** Problems of parts that nobody touched yet are shown, too. */
  readonly reveal: boolean;
  readonly source: SourceOption;
  readonly onChange: (change: Partial<D>) => void;
}

/** What is sent, for each kind of request; everything else is the same for all of them. */
export function RequestFields(props: RequestEditorProps): ReactElement {
  const { draft, onChange, ...more } = props;
  return draft.kind === 'coap' ? (
    <CoapRequestEditor {...more} draft={draft} onChange={onChange} />
  ) : (
    <CallRequestEditor {...more} draft={draft} onChange={onChange} />
  );
}
