import { ArrowLeft, ArrowRight, TriangleAlert, Unplug } from 'lucide-react';
import { memo, type ReactElement } from 'react';
import type { PacketRow } from '../../../../shared/contract/packets.ts';
import { Badge } from '../../../ui/badge.tsx';
import { formatCount, formatDateTime, formatTimeNear } from '../../common/index.ts';
import type { ListedPacket } from './packets-list.ts';
import { clientName, deltaText, rowName, toneOf } from './packet-words.ts';
import styles from './packets.module.css';

const problemWords = { violation: 'breaks a rule of MQTT', refusal: 'refused' } as const;

/** One line of the list. */
export const PacketRowContent = memo(function PacketRowContent({ row, todayMs }: { readonly row: ListedPacket; readonly todayMs: number }): ReactElement {
  if (row.seq === null) return <span className={styles.forgotten}>forgotten for newer packets</span>;
  return <Packet row={row} todayMs={todayMs} />;
});

function Packet({ row, todayMs }: { readonly row: PacketRow; readonly todayMs: number }): ReactElement {
  const { timeUs, deltaUs, connectionDeltaUs, clientId, connection, direction, packetId, topic, words, size, problem, end, fault } = row;
  const client = clientName(clientId);
  const toClient = direction === 'out';
  return (
    <span className={styles.row} data-problem={problem ?? undefined}>
      <time className={styles.time} title={formatDateTime(timeUs)}>
        {formatTimeNear(timeUs, todayMs)}
      </time>
      <span className={styles.delta} title="Since the packet above">
        {deltaText(deltaUs)}
      </span>
      <span className={styles.delta} data-own title="Since the packet before on the same connection">
        {deltaText(connectionDeltaUs)}
      </span>
      <span className={styles.client} title={`${client}, connection ${connection}`}>
        {client}
      </span>
      <span className={styles.direction} data-direction={direction} title={toClient ? 'From the broker to the client' : 'From the client to the broker'}>
        {end !== null ? <Unplug size={13} aria-hidden /> : toClient ? <ArrowLeft size={13} aria-hidden /> : <ArrowRight size={13} aria-hidden />}
        <span className="visually-hidden">{toClient ? 'from the broker' : 'to the broker'}</span>
      </span>
      <span className={styles.type} data-tone={toneOf(row)}>
        {rowName(row)}
      </span>
      <span className={styles.packetId}>{packetId === null ? '' : `#${packetId}`}</span>
      <span className={styles.about}>
        {problem !== null && (
          <span className={styles.problem} title={`This packet ${problemWords[problem]}`}>
            <TriangleAlert size={13} aria-hidden />
            <span className="visually-hidden">{problemWords[problem]}</span>
          </span>
        )}
        {fault !== null && (
          <Badge tone="warn" title={`${fault.rule}: ${fault.effect}`}>
            {fault.effect}
          </Badge>
        )}
        {topic !== null && topic !== '' && (
          <span className={styles.topic} title={topic}>
            {topic}
          </span>
        )}
        <span className={styles.words} title={words}>
          {words}
        </span>
      </span>
      <span className={styles.size}>{size === 0 ? '' : `${formatCount(size)} B`}</span>
    </span>
  );
}
