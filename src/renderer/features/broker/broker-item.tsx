import type { ReactElement } from 'react';
import { StatusDot } from '../../ui/badge.tsx';
import { goTo, plural, StripButton, useBrokerStatus } from '../common/index.ts';
import { phaseWords } from './broker-words.ts';

/** The local broker in the strip: its state, port and number of clients. */
export function BrokerItem(): ReactElement | null {
  const status = useBrokerStatus();
  if (!status) return null;
  const { tone, title, short } = phaseWords[status.phase];
  // A Unix socket has none.
  const port = status.listeners.find((listener) => listener.port !== 0)?.port;
  return (
    <StripButton label={`Local broker: ${title}`} onClick={() => goTo('broker')}>
      <StatusDot tone={tone} />
      <span>{status.phase === 'running' ? `Broker${port === undefined ? '' : ` :${port}`} · ${plural(status.clientCount, 'client')}` : short}</span>
    </StripButton>
  );
}
