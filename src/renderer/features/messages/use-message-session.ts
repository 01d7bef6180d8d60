import { useEffect, useState } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import { engineClient } from '../../data/index.ts';
import { browserPacing } from '../common/index.ts';
import { onWantedMessage } from './wanted-message.ts';
import { openMessageSession, type MessageSession } from './message-session.ts';

/** The session of the selected topic; `null` for the moment until it is open. */
export function useMessageSession(source: SourceId, topic: string, maxBytes: number): MessageSession | null {
  const [session, setSession] = useState<MessageSession | null>(null);
  useEffect(() => {
    const opened = openMessageSession(engineClient(), source, topic, maxBytes, browserPacing);
    setSession(opened);
    const stopWanting = onWantedMessage(source, topic, (id) => opened.select(id));
    return () => {
      stopWanting();
      opened.close();
    };
  }, [source, topic, maxBytes]);
  // For one render after a change the old session is still here; it must not be shown under the new name.
  return session?.source === source && session.topic === topic ? session : null;
}
