import { Eye } from 'lucide-react';
import type { ReactElement } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { act, formatBytes, formatCount, plural } from '../../common/index.ts';
import { coapUdpStore, useCoapUdp } from './coap-udp-model.ts';
import type { NotificationRow, ObservationState } from './coap-udp-store.ts';
import { clockTime, codeTone, codeWords } from './coap-udp-words.ts';
import { ResponseView } from './response-view.tsx';
import styles from './coap-udp.module.css';

const ends = [
  { style: 'deregister', label: 'Deregister', title: 'Asks the server to end it (GET with Observe 1)' },
  { style: 'reset', label: 'Reset', title: 'Rejects the next notification' },
  { style: 'forget', label: 'Forget', title: 'Tells nobody, as a client that was switched off' },
] as const;

/** The states of a resource that is observed, as they come, and the ways to end it. */
export function ObservedPanel(): ReactElement {
  const observation = useCoapUdp((state) => state.observation);
  if (!observation) {
    return (
      <EmptyState
        compact
        icon={<Eye size={24} aria-hidden />}
        title="Nothing is observed"
        text="Give the address of a resource that can be observed, and press Observe: each of its changes is listed here."
      />
    );
  }
  const { rows, selected, failure, error, forgotten, phase } = observation;
  const newest = rows.at(-1);
  const shown = selected === null ? newest : (rows.find(({ number }) => number === selected) ?? newest);
  return (
    <section className={styles['panel']} aria-label="Observed">
      <div className={styles['underWay']}>
        <span className={styles['phase']} role="status">
          {phaseText(observation)}
        </span>
        <span className={styles['ellipsis']} title={observation.label}>
          {observation.label}
        </span>
        {phase !== 'ended' && (
          <span className={styles['ends']} role="group" aria-label="End the observation">
            {ends.map(({ style, label, title }) => (
              <Button
                key={style}
                size="small"
                title={title}
                disabled={phase === 'ending' && style !== 'forget'}
                onClick={() => void act(coapUdpStore().end(style), 'The observation could not be ended')}
              >
                {label}
              </Button>
            ))}
          </span>
        )}
      </div>
      {error && (
        <Banner kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
      {failure && (
        <Banner kind={observation.by === 'failure' ? 'bad' : 'warn'} title={failure.message}>
          {failure.advice}
        </Banner>
      )}
      {rows.length > 0 && (
        <Splitter
          id="coap-udp-observed"
          panels={[
            {
              id: 'notifications',
              defaultSize: '34%',
              minSize: 160,
              content: (
                <div className={styles['panel']}>
                  <VirtualList
                    label="Notifications"
                    count={rows.length}
                    getRow={(index) => rows[rows.length - 1 - index]}
                    keyOf={({ number }) => number}
                    rowHeightPx={26}
                    renderRow={(row) => <Row row={row} />}
                    isSelected={(row) => row.number === shown?.number}
                    onSelect={(row) => coapUdpStore().select(row.number === newest?.number ? null : row.number)}
                  />
                  {forgotten > 0 && <p className={styles['foot']}>{plural(forgotten, 'older notification')} not kept</p>}
                </div>
              ),
            },
            {
              id: 'notification',
              minSize: 220,
              content: shown ? <ResponseView key={shown.number} response={shown.response} label={`Notification ${formatCount(shown.number)}`} /> : null,
            },
          ]}
        />
      )}
    </section>
  );
}

function phaseText({ phase, style, by, observed, received }: ObservationState): string {
  switch (phase) {
    case 'registering':
      return 'Asking to observe …';
    case 'observing':
      return `Observing, ${plural(received, 'state')}`;
    case 'ending':
      return style === 'reset' ? 'Waiting for the next notification, to reject it' : 'Ending …';
    case 'ended':
      if (by === 'server' && !observed) return 'The server does not let this resource be observed';
      if (by === 'server') return 'Ended by the server';
      if (by === 'deregister') return 'Ended: deregistered';
      if (by === 'reset') return 'Ended: the last notification was rejected';
      if (by === 'forget') return 'Ended: forgotten, the server was not told';
      return 'Ended';
  }
}

function Row({ row: { number, response } }: { readonly row: NotificationRow }): ReactElement {
  return (
    <span className={styles['notification']}>
      <span className={styles['quiet']}>{formatCount(number)}</span>
      <time className={styles['quiet']}>{clockTime(response.at)}</time>
      <Badge tone={codeTone(response.code)}>{codeWords(response.code)}</Badge>
      <span className={styles['quiet']}>{formatBytes(response.payload.length)}</span>
    </span>
  );
}
