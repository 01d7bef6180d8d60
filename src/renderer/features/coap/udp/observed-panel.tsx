import { Eraser, Eye, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { formatCode } from '../../../../shared/coap/udp/packet.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { act, formatBytes, formatCount, plural } from '../../common/index.ts';
import { coapUdpStore, useCoapUdp } from './coap-udp-model.ts';
import { clockTime, codeTone, codeWords, valueWords } from './coap-udp-words.ts';
import { isUnderWay, type NotificationRow, type ObservationState } from './observation-state.ts';
import { ResponseView } from './response-view.tsx';
import styles from './coap-udp.module.css';

const ends = [
  { style: 'deregister', label: 'Deregister', title: 'Asks the server to end it (GET with Observe 1)' },
  { style: 'reset', label: 'Reset', title: 'Rejects the next notification' },
  { style: 'forget', label: 'Forget', title: 'Tells nobody, as a client that was switched off' },
] as const;

/** Resources that are observed: each with its last state, all states of the chosen one, and the ways to end it. */
export function ObservedPanel(): ReactElement {
  const observations = useCoapUdp((state) => state.observations);
  const shownId = useCoapUdp((state) => state.shown);
  const shown = observations.find(({ id }) => id === shownId) ?? observations[0];
  if (!shown) {
    return (
      <EmptyState
        compact
        icon={<Eye size={24} aria-hidden />}
        title="Nothing is observed"
        text="Give the address of a resource that can be observed, and press Observe: each of its changes is listed here. Up to 32 are observed at once."
      />
    );
  }
  return (
    <Splitter
      id="coap-udp-observations"
      panels={[
        { id: 'observations', defaultSize: 300, minSize: 200, maxSize: '50%', fixed: true, content: <Observations all={observations} shown={shown} /> },
        { id: 'observation', minSize: 300, content: <Observation key={shown.id} observation={shown} /> },
      ]}
    />
  );
}

function Observations({ all, shown }: { readonly all: readonly ObservationState[]; readonly shown: ObservationState }): ReactElement {
  const store = coapUdpStore();
  const running = all.filter(isUnderWay).length;
  const hasEnded = running < all.length;
  return (
    <section className={styles['panel']} aria-label="Observations">
      <div className={styles['logBar']}>
        <span className={styles['total']} role="status">
          {running === 0 ? 'None under way' : `${formatCount(running)} under way`}
        </span>
        {running > 1 && (
          <Button size="small" title="Asks all servers to end it" onClick={() => void act(store.endAll('deregister'), 'Not all observations could be ended')}>
            Deregister all
          </Button>
        )}
        {hasEnded && (
          <IconButton
            size="small"
            label="Take those that have ended out of the list"
            icon={<Eraser size={14} aria-hidden />}
            onClick={() => store.removeEnded()}
          />
        )}
      </div>
      <VirtualList
        label="Observations"
        count={all.length}
        getRow={(index) => all[index]}
        keyOf={({ id }) => id}
        rowHeightPx={50}
        renderRow={(row) => <ObservationRow observation={row} />}
        isSelected={({ id }) => id === shown.id}
        onSelect={({ id }) => store.showObservation(id)}
      />
    </section>
  );
}

function ObservationRow({ observation }: { readonly observation: ObservationState }): ReactElement {
  const { id, label, rows, received } = observation;
  const last = rows.at(-1)?.response;
  return (
    <span className={styles['observationRow']} data-ended={isUnderWay(observation) ? undefined : true}>
      <span className={styles['observationLine']}>
        <span className={styles['observationName']} title={label}>
          {shortLabel(label)}
        </span>
        <span className={styles['quiet']} title={`${plural(received, 'state')} received`}>
          {formatCount(received)}
        </span>
        {!isUnderWay(observation) && (
          <IconButton
            size="small"
            tabIndex={-1}
            label={`Remove ${label}`}
            icon={<X size={13} aria-hidden />}
            onClick={(event) => {
              event.stopPropagation();
              coapUdpStore().removeObservation(id);
            }}
          />
        )}
      </span>
      <span className={styles['observationLine']}>
        <Badge tone={toneOf(observation)}>{stateWord(observation)}</Badge>
        <span className={styles['lastValue']} title={last ? clockTime(last.at) : undefined}>
          {last ? valueWords(last.payload) : ''}
        </span>
      </span>
    </span>
  );
}

/** The way to the resource tells more than the scheme and its server in front of it. */
const shortLabel = (label: string): string => label.replace(/^GET /, '').replace('coap://', '');

function toneOf({ phase, failure, error, observed }: ObservationState): 'ok' | 'bad' | 'neutral' | 'warn' {
  if (failure || error) return 'bad';
  if (phase === 'ended') return observed ? 'neutral' : 'warn';
  return phase === 'observing' ? 'ok' : 'neutral';
}

function stateWord({ phase, failure, error, observed, style }: ObservationState): string {
  switch (phase) {
    case 'registering':
      return 'Asking';
    case 'observing':
      return 'Observing';
    case 'ending':
      return style === 'reset' ? 'Rejecting' : 'Ending';
    case 'ended':
      return failure || error ? 'Failed' : observed ? 'Ended' : 'Not observable';
  }
}

/** The states of one resource, as they come, and the ways to end it. */
function Observation({ observation }: { readonly observation: ObservationState }): ReactElement {
  const { id, rows, selected, failure, error, forgotten, phase } = observation;
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
                onClick={() => void act(coapUdpStore().end(id, style), 'The observation could not be ended')}
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
              defaultSize: '38%',
              minSize: 220,
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
                    onSelect={(row) => coapUdpStore().select(id, row.number === newest?.number ? null : row.number)}
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
      <span title={codeWords(response.code)}>
        <Badge tone={codeTone(response.code)}>{formatCode(response.code)}</Badge>
      </span>
      <span className={styles['quiet']}>{formatBytes(response.payload.length)}</span>
    </span>
  );
}
