import type { ReactElement } from 'react';
import type { RedisPeer, RedisState, RedisView as SavedRedis } from '../../../../shared/contract/broker-redis.ts';
import { useStreamValue } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { Card, formatCount, formatDateTime, formatDuration, Page, useBrokerStatus, useFirst, useNow } from '../../common/index.ts';
import styles from '../broker.module.css';
import { RedisForm } from './redis-form.tsx';
import { awayWords, countersOf, modeWords, peerTitle, phaseOfRedis, silentAfterMs } from './redis-words.ts';
import redis from './redis.module.css';

/** The Redis that this broker shares with others. */
export function RedisView(): ReactElement {
  const status = useBrokerStatus();
  const saved: SavedRedis | undefined = useStreamValue('broker.redis', undefined);
  const state: RedisState | undefined = useStreamValue('broker.redisState', undefined);
  const running = status?.phase === 'running';
  return (
    <Page title="Redis">
      {state && <StateCard state={state} running={running} />}
      {state && state.peers.length > 0 && <PeersCard state={state} />}
      {state && state.notices.length > 0 && <NoticesCard notices={state.notices} />}
      {saved && (
        <RedisForm key={String(saved.enabled) + saved.mode + saved.url + saved.username + saved.keyPrefix + saved.ca} saved={saved} running={running} />
      )}
    </Page>
  );
}

function StateCard({ state, running }: { readonly state: RedisState; readonly running: boolean }): ReactElement {
  const { phase, mode, url, since, problem } = state;
  const { tone, title } = phaseOfRedis[phase];
  const now = useNow(phase === 'off' ? null : 1000);
  return (
    <Card title="State">
      <div className={styles.state} data-phase={phase}>
        <span className={styles.bigDot} data-tone={tone} aria-hidden />
        <div className={styles.stateText}>
          <p className={styles.stateTitle} role="status">
            {title}
          </p>
          <p className={styles.muted}>
            {phase === 'off' ? (
              running ? (
                'This broker runs alone. With Redis, brokers on several machines are one for their clients.'
              ) : (
                'The broker does not run. With Redis, brokers on several machines are one for their clients.'
              )
            ) : (
              <>
                <span className={styles.mono}>{url}</span> · {modeWords[mode]} · for{' '}
                <span title={`Since ${formatDateTime(since * 1000)}`}>{formatDuration(now - since)}</span>
              </>
            )}
          </p>
        </div>
        {phase === 'away' && (
          <div className={redis.banners}>
            <Banner inset kind="bad" title={problem?.message ?? 'Redis does not answer.'}>
              {awayWords[mode]} {problem?.advice}
            </Banner>
          </div>
        )}
      </div>
      {phase !== 'off' && (
        <dl className={redis.counters} aria-label="Counters of Redis">
          {countersOf(state).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}

function PeersCard({ state }: { readonly state: RedisState }): ReactElement {
  const { shown, more } = useFirst(state.peers, 50);
  return (
    <Card title="Brokers" titleAside={<Badge>{peerTitle(state)}</Badge>} flush>
      <div className={styles.tableFrame}>
        <table className={styles.table}>
          <caption className="visually-hidden">Brokers that share this Redis, oldest first</caption>
          <thead>
            <tr>
              <th scope="col">Broker</th>
              <th scope="col">Host</th>
              <th scope="col">Clients</th>
              <th scope="col">Takes part since</th>
              <th scope="col">Last sign of life</th>
              <th scope="col">Behind</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((peer) => (
              <PeerRow key={peer.id} peer={peer} />
            ))}
          </tbody>
        </table>
        {more}
      </div>
    </Card>
  );
}

function PeerRow({ peer }: { readonly peer: RedisPeer }): ReactElement {
  const now = useNow(1000);
  const isSilent = !peer.isSelf && now - peer.lastBeat > silentAfterMs;
  return (
    <tr>
      <th scope="row" className={styles.clientId}>
        {peer.id} {peer.isSelf && <Badge tone="info">this broker</Badge>}
        {isSilent && <Badge tone="warn">silent</Badge>}
      </th>
      <td>{peer.name}</td>
      <td>{formatCount(peer.clients)}</td>
      <td>{peer.since === 0 ? '—' : <RelativeTime timeMs={peer.since} />}</td>
      <td>{peer.lastBeat === 0 ? '—' : <RelativeTime timeMs={peer.lastBeat} />}</td>
      <td>{peer.lagMs === 0 ? 'no' : `${formatCount(peer.lagMs)} ms`}</td>
    </tr>
  );
}

function NoticesCard({ notices }: Pick<RedisState, 'notices'>): ReactElement {
  return (
    <Card title="What happened to the data">
      <ul className={redis.notices}>
        {notices.toReversed().map(({ at, text }) => (
          <li key={`${at} ${text}`}>
            <time dateTime={new Date(at).toISOString()}>{formatDateTime(at * 1000).slice(0, 19)}</time>
            {text}
          </li>
        ))}
      </ul>
    </Card>
  );
}
