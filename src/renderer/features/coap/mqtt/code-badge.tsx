import type { ReactElement } from 'react';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import { Badge } from '../../../ui/badge.tsx';
import { stateWords } from '../../rpc/index.ts';
import { codeWords, isLocalTimeout } from './response-facts.ts';

/** What came of a request: its code, or where it stands. `short`: without the name of the code. */
export function CodeBadge({ call, short = false }: { readonly call: Pick<CallRow, 'state' | 'own' | 'responseCode'>; readonly short?: boolean }): ReactElement {
  const { state, responseCode } = call;
  if (isLocalTimeout(call)) {
    return (
      <Badge tone="bad" title="GATEWAY_TIMEOUT, found on this side: no message says so">
        {short ? '504 local' : '504 Gateway Timeout (local)'}
      </Badge>
    );
  }
  if (responseCode === null || state === 'cancelled' || state === 'wrong-reply-topic') {
    const { label, tone, meaning } = stateWords(state);
    return (
      <Badge tone={tone} title={meaning}>
        {label}
      </Badge>
    );
  }
  const { label, tone, meaning } = codeWords(responseCode);
  return (
    <Badge tone={tone} title={short ? `${label}: ${meaning}` : meaning}>
      {short ? String(responseCode) : label}
    </Badge>
  );
}
