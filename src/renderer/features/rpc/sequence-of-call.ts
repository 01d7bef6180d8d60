import type { CallDetail } from '../../../shared/contract/rpc.ts';
import { jumpToSequence } from '../common/index.ts';
import { callTitle, messagesOf } from './rpc-words.ts';

/** Draws the request and the answers of a call across clients. `null`: none of them is in the history, so that they cannot be found among the packets. */
export function sequenceOfCall(detail: CallDetail): (() => void) | null {
  const ids = messagesOf(detail)
    .map(({ messageId }) => messageId)
    .filter((id) => id > 0);
  return ids.length === 0 ? null : () => jumpToSequence(detail.source, ids, `Call ${callTitle(detail)}`);
}
