import { Binary, MessagesSquare, Unplug, X } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { ClientDetail, SubscriptionRow, WillView } from '../../../shared/contract/broker-lists.ts';
import { listenerKindWords } from '../../../shared/mqtt/listener-kinds.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { KeyValueTable, type KeyValue } from '../../ui/key-value-table.tsx';
import { Loading } from '../../ui/loading.tsx';
import { formatBytes, formatCount, formatDateTime, formatDuration, plural, useBrokerStatus, useFirst, useNow } from '../common/index.ts';
import { showBroker } from '../broker/index.ts';
import { expiryWords, keepAliveWords, nameOf, optionWords, packetWords, spanWords } from './client-words.ts';
import { DisconnectDialog } from './disconnect-dialog.tsx';
import { chooseClient, insideStore } from './inside-store.ts';
import styles from './inside.module.css';
import { PayloadHead } from './payload-head.tsx';
import { usePolled } from './polled-list.ts';
import { QueueSection } from './queue-section.tsx';
import { endSession } from './session-actions.ts';

/** Subscriptions that are read for the pane; the tab of subscriptions has them all. */
const shownFilters = 500;

/** Everything the broker knows of one client, connected or not. */
export function ClientDetailPane({ clientId }: { readonly clientId: string }): ReactElement {
  const { value, error } = usePolled(`client ${clientId}`, (engine) => engine.call('broker.client', { clientId }));
  return (
    <section className={styles['pane']} aria-label={`Client ${nameOf(clientId)}`}>
      {error ? (
        <Banner kind="bad" title={error.message} />
      ) : value === undefined ? (
        <Loading label="Loading the client" />
      ) : value === null ? (
        <EmptyState
          compact
          title="This client is gone"
          text={`“${nameOf(clientId)}” is not connected, and the broker keeps no session for it.`}
          actions={<Button onClick={() => chooseClient(null)}>Close</Button>}
        />
      ) : (
        <Detail clientId={clientId} detail={value} />
      )}
    </section>
  );
}

function Detail({ clientId, detail }: { readonly clientId: string; readonly detail: ClientDetail }): ReactElement {
  const { client, session, will, limits } = detail;
  const now = useNow(1000);
  const [leaving, setLeaving] = useState(false);
  const isAedes = useBrokerStatus()?.engine === 'aedes';
  return (
    <div className={styles['detail']}>
      <header className={styles['detailHead']}>
        <StatusDot tone={client ? 'ok' : 'off'} label={client ? 'Connected' : 'Not connected'} />
        <h2 className={`${styles['detailTitle']} ${styles['grow']}`} data-selectable>
          {nameOf(clientId)}
        </h2>
        <IconButton size="small" label="Close the details" icon={<X size={14} aria-hidden />} onClick={() => chooseClient(null)} />
      </header>
      <div className={styles['buttons']}>
        {client ? (
          <Button size="small" icon={<Unplug size={14} aria-hidden />} onClick={() => setLeaving(true)}>
            Disconnect …
          </Button>
        ) : (
          session && (
            <Button size="small" onClick={() => void endSession(session)}>
              End the session …
            </Button>
          )
        )}
        <Button
          size="small"
          icon={<MessagesSquare size={14} aria-hidden />}
          onClick={() => insideStore.setState({ part: 'messages', messageSearch: clientId })}
        >
          Messages
        </Button>
        {!isAedes && (
          <Button size="small" icon={<Binary size={14} aria-hidden />} onClick={() => showBroker('packets', clientId)}>
            Packets
          </Button>
        )}
      </div>
      {client && <KeyValueTable compact label="Connection" rows={connectionFacts(client, now)} />}
      {client?.traffic && <KeyValueTable compact label="Traffic" rows={trafficFacts(client.traffic, limits, now)} />}
      {session && <KeyValueTable compact label="Session" rows={sessionFacts(session, now)} />}
      {isAedes && (
        <p className={styles['note']}>
          The engine aedes does not tell of traffic, sessions, queues and wills. The workbench’s own engine does; choose it on the Overview.
        </p>
      )}
      {!isAedes && <Will will={will} />}
      <Subscriptions clientId={clientId} />
      {session && <QueueSection clientId={clientId} isConnected={session.connected} total={session.queuedMessages + session.inflight} />}
      {client && <DisconnectDialog client={client} hasWill={will !== null} open={leaving} onClose={() => setLeaving(false)} />}
    </div>
  );
}

function connectionFacts(client: NonNullable<ClientDetail['client']>, now: number): readonly KeyValue[] {
  return [
    { key: 'Version', value: `MQTT ${client.version}` },
    { key: 'Address', value: client.address, mono: true },
    { key: 'Transport', value: listenerKindWords[client.transport] },
    { key: 'User', value: client.username ?? 'none' },
    ...(client.certificateSubject === null ? [] : [{ key: 'Certificate', value: client.certificateSubject }]),
    { key: 'Keep-alive', value: keepAliveWords(client.keepAliveSeconds) },
    { key: 'Connected', value: <span title={formatDateTime(client.connectedAt * 1000)}>{formatDuration(now - client.connectedAt)}</span> },
  ];
}

function trafficFacts(traffic: NonNullable<NonNullable<ClientDetail['client']>['traffic']>, limits: ClientDetail['limits'], now: number): readonly KeyValue[] {
  return [
    { key: 'Messages', value: `${formatCount(traffic.messagesReceived)} in, ${formatCount(traffic.messagesSent)} out` },
    { key: 'Bytes', value: `${formatBytes(traffic.bytesReceived)} in, ${formatBytes(traffic.bytesSent)} out` },
    { key: 'Last in', value: packetWords(traffic.lastReceived, now) },
    { key: 'Last out', value: packetWords(traffic.lastSent, now) },
    { key: 'In flight', value: limits ? `${formatCount(traffic.inflight)} of ${formatCount(limits.receiveMaximum)}` : formatCount(traffic.inflight) },
    ...(traffic.pendingBytes > 0 ? [{ key: 'Not read yet', value: formatBytes(traffic.pendingBytes) }] : []),
    ...(limits === null || limits.maximumPacketSize === null ? [] : [{ key: 'Largest packet', value: formatBytes(limits.maximumPacketSize) }]),
    ...(limits === null || limits.topicAliasMaximum === 0 ? [] : [{ key: 'Topic aliases', value: `up to ${formatCount(limits.topicAliasMaximum)}` }]),
  ];
}

function sessionFacts(session: NonNullable<ClientDetail['session']>, now: number): readonly KeyValue[] {
  const left = session.endsAt === null ? null : Math.max(0, session.endsAt - now) / 1000;
  return [
    { key: 'Session', value: expiryWords(session.expirySeconds) },
    ...(session.connected
      ? []
      : [
          {
            key: 'Ends',
            value:
              session.endsAt === null || left === null ? (
                'never by itself'
              ) : (
                <span title={formatDateTime(session.endsAt * 1000)}>in {formatDuration(left * 1000)}</span>
              ),
          },
        ]),
    { key: 'Queue', value: session.queuedMessages === 0 ? 'empty' : `${plural(session.queuedMessages, 'message')}, ${formatBytes(session.queuedBytes)}` },
    ...(session.incoming > 0 ? [{ key: 'From it', value: `${plural(session.incoming, 'QoS 2 message')} without PUBREL` }] : []),
  ];
}

function Will({ will }: { readonly will: WillView | null }): ReactElement {
  return (
    <section className={styles['section']} aria-label="Will">
      <h3 className={styles['sectionTitle']}>Will</h3>
      {will === null ? (
        <p className={styles['note']}>None: nothing is published when this client is lost.</p>
      ) : (
        <>
          <div className={styles['filter']}>
            <code data-selectable>{will.topic}</code>
            <Badge>QoS {will.qos}</Badge>
            {will.retain && <Badge tone="info">retained</Badge>}
            {will.delaySeconds > 0 && <Badge>{spanWords(will.delaySeconds)} later</Badge>}
            <span className={styles['muted']}>{formatBytes(will.sizeBytes)}</span>
          </div>
          <PayloadHead head={will.payload} sizeBytes={will.sizeBytes} />
        </>
      )}
    </section>
  );
}

function Subscriptions({ clientId }: { readonly clientId: string }): ReactElement {
  const { value } = usePolled(`subscriptions ${clientId}`, (engine) => engine.call('broker.subscriptions', { clientId, offset: 0, limit: shownFilters }));
  const rows: readonly SubscriptionRow[] = value?.rows ?? [];
  const { shown, more } = useFirst(rows, 50);
  const unlisted = (value?.total ?? 0) - rows.length;
  return (
    <section className={styles['section']} aria-label="Subscriptions">
      <h3 className={styles['sectionTitle']}>Subscriptions {value !== undefined && <span className={styles['muted']}>{formatCount(value.total)}</span>}</h3>
      {value !== undefined && rows.length === 0 && <p className={styles['note']}>None: this client gets no messages.</p>}
      <ul className={styles['filters']} aria-label={`Subscriptions of ${nameOf(clientId)}`}>
        {shown.map((row) => (
          <li key={row.filter} className={styles['filter']}>
            <code data-selectable>{row.filter}</code>
            <Badge>QoS {row.qos}</Badge>
            {optionWords(row).map((word) => (
              <Badge key={word}>{word}</Badge>
            ))}
          </li>
        ))}
      </ul>
      {more}
      {unlisted > 0 && (
        <p className={styles['note']}>
          and {plural(unlisted, 'further filter')}.{' '}
          <Button size="small" variant="ghost" onClick={() => insideStore.setState({ part: 'subscriptions', subscriptionSearch: clientId })}>
            Show all
          </Button>
        </p>
      )}
    </section>
  );
}
