import { ArrowLeftRight } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { CoapBridge, CoapBridgeLogRow, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import { useStreamValue } from '../../../data/index.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { formatCount, formatTime, plural } from '../../common/index.ts';
import { formatMs } from '../../rpc/index.ts';
import { askBridge } from './ask-bridge.ts';
import { clearLog } from './bridge-actions.ts';
import { isOn } from './bridge-model.ts';
import styles from './bridges.module.css';

const tones: Readonly<Record<CoapBridgeLogRow['level'], Tone>> = { info: 'ok', warn: 'warn', error: 'bad' };

/** What was carried, with the codes and times of both sides; the newest first. */
export function BridgeLog({ bridge, status }: { readonly bridge: CoapBridge; readonly status: CoapBridgeStatus | undefined }): ReactElement {
  const live = useStreamValue('coapBridges.log', { id: bridge.id });
  const [chosen, setChosen] = useState<number | null>(null);
  if (!live) return <Loading label="Loading the log" />;
  const { rows, forgotten } = live;
  const last = rows.length - 1;
  const shown = rows.find(({ number }) => number === chosen) ?? null;
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<ArrowLeftRight size={28} aria-hidden />}
        title={isOn(status) ? 'Nothing carried yet' : 'The bridge is stopped'}
        text={
          bridge.direction === 'to-coap' ? (
            <>
              Each request for <code>{bridge.tag}</code> stands here, with the codes and times of both sides.
            </>
          ) : (
            <>
              Each request of a CoAP client stands here, with the codes and times of both sides. <code>/.well-known/core</code> lists what was seen of the
              devices.
            </>
          )
        }
        actions={
          isOn(status) && <Button onClick={() => askBridge(bridge, status)}>{bridge.direction === 'to-coap' ? 'Ask it over MQTT' : 'Ask it over UDP'}</Button>
        }
      />
    );
  }
  return (
    <div className={styles['log']}>
      <div className={styles['logBar']}>
        <span className={styles['number']}>
          {plural(rows.length, 'line')}
          {forgotten > 0 && `, ${formatCount(forgotten)} older ones forgotten`}
        </span>
        <Button size="small" variant="ghost" onClick={() => void clearLog(bridge.id)}>
          Clear
        </Button>
      </div>
      <VirtualList
        className={styles['logList'] ?? ''}
        label="Carried requests"
        count={rows.length}
        getRow={(index) => rows[last - index]}
        keyOf={({ number }) => number}
        rowHeightPx={28}
        isSelected={({ number }) => number === chosen}
        onSelect={({ number }) => setChosen(number)}
        renderRow={(row) => <LogLine row={row} />}
      />
      {shown && <LogDetails row={shown} />}
    </div>
  );
}

function LogLine({ row: { at, level, from, request, answered, received, totalMs, note } }: { readonly row: CoapBridgeLogRow }): ReactElement {
  return (
    <span className={styles['logLine']} title={note}>
      <span className={styles['time']}>{formatTime(at * 1000)}</span>
      {request === '' && answered === null ? (
        <span className={styles['logNote']}>{note}</span>
      ) : (
        <>
          <span className={styles['request']}>{request === '' ? 'what cannot be read' : request}</span>
          <span className={styles['from']}>{from}</span>
          <span className={styles['received']}>{received ?? 'no response'}</span>
          <Badge tone={tones[level]}>{answered ?? 'not answered'}</Badge>
          <span className={styles['ms']}>{totalMs === null ? '' : formatMs(totalMs)}</span>
        </>
      )}
    </span>
  );
}

/** All of one line. */
function LogDetails({ row }: { readonly row: CoapBridgeLogRow }): ReactElement {
  const { from, request, carriedAs, answered, received, totalMs, otherMs, note } = row;
  const facts = [
    { key: 'Asked by', value: from },
    { key: 'Request', value: request },
    { key: 'Carried as', value: carriedAs === '' ? 'It was not.' : carriedAs },
    { key: 'Other side', value: [received ?? 'no response', otherMs === null ? null : formatMs(otherMs)].filter(Boolean).join(', ') },
    { key: 'Answered', value: [answered ?? 'nothing', totalMs === null ? null : formatMs(totalMs)].filter(Boolean).join(', ') },
  ];
  return (
    <section className={styles['details']} aria-label="Carried request" tabIndex={0}>
      {(request !== '' || answered !== null) && (
        <KeyValueTable compact label="Carried request" rows={facts.filter(({ value }) => value !== '').map((fact) => ({ ...fact, mono: true }))} />
      )}
      {note !== '' && (
        <p className={styles['detailNote']} data-selectable>
          {note}
        </p>
      )}
    </section>
  );
}
