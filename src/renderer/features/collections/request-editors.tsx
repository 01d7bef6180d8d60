import type { ComponentType } from 'react';
import type { SourceOption } from '../common/index.ts';
import { CallRequestEditor } from './call-request-editor.tsx';
import type { RequestDraft, RequestProblems } from './request-draft.ts';

export interface RequestEditorProps {
  readonly draft: RequestDraft;
  readonly problems: RequestProblems;
  /** Problems of parts that nobody touched yet are shown, too. */
  readonly reveal: boolean;
  readonly source: SourceOption;
  readonly onChange: (change: Partial<RequestDraft>) => void;
}

/** What is sent, for each kind of request; everything else is the same for all of them. */
export const requestEditors: Readonly<Record<RequestDraft['kind'], ComponentType<RequestEditorProps>>> = {
  rpc: CallRequestEditor,
};
