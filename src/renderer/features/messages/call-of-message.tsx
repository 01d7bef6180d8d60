import { ArrowLeftRight } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import { engineClient } from '../../data/index.ts';
import { Button } from '../../ui/button.tsx';
import { jumpToCall } from '../common/index.ts';

/** The way to the call that a message belongs to, if it is part of one. */
export function CallOfMessage({ source, messageId }: { readonly source: SourceId; readonly messageId: number }): ReactElement | null {
  const [found, setFound] = useState<{ readonly messageId: number; readonly callId: number | null } | null>(null);
  useEffect(() => {
    let stale = false;
    engineClient()
      .call('callHistory.ofMessage', { messageId })
      .then(
        (call) => stale || setFound({ messageId, callId: call?.id ?? null }),
        // Without a history there is no way to tell.
        () => undefined,
      );
    return () => {
      stale = true;
    };
  }, [messageId]);
  const callId = found?.messageId === messageId ? found.callId : null;
  if (callId === null) return null;
  return (
    <Button size="small" icon={<ArrowLeftRight size={13} aria-hidden />} onClick={() => jumpToCall(source, callId)}>
      Show the RPC call
    </Button>
  );
}
