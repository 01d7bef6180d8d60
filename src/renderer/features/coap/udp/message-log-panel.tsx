import { Eraser, ScrollText, Search } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { CoapLogDetail, CoapLogPage, CoapLogRow } from '../../../../shared/contract/coap-udp.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { HexView } from '../../../ui/hex-view.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { act, browserPacing, formatBytes, formatCount, plural, useModel } from '../../common/index.ts';
import { PagedView } from '../../rpc/index.ts';
import { clockTime, codeTone, codeWords, optionRows } from './coap-udp-words.ts';
import { toHex } from '../../../../shared/coap/udp/hex.ts';
import styles from './coap-udp.module.css';

interface LogFilter {
  readonly text: string;
  readonly direction: 'all' | 'in' | 'out';
}

type LogView = PagedView<CoapLogRow, CoapLogPage, LogFilter>;
const everything: LogFilter = { text: '', direction: 'all' };

const openLog = (): LogView =>
  new PagedView<CoapLogRow, CoapLogPage, LogFilter>(
    (filter, place, reader) => engineClient().stream('coapUdp.log', { ...filter, ...place }, reader),
    browserPacing,
    everything,
  );

/** Every message of every request, the newest first. */
export function MessageLogPanel(): ReactElement {
  const [view, setView] = useState<LogView | null>(null);
  useEffect(() => {
    const opened = openLog();
    setView(opened);
    return () => opened.close();
  }, []);
  return view ? <Log view={view} /> : <div className={styles['panel']} />;
}

function Log({ view }: { readonly view: LogView }): ReactElement {
  useModel(view.notifier);
  const [filter, setFilter] = useState(everything);
  const [selected, setSelected] = useState<number | null>(null);
  useEffect(() => view.setFilter(filter), [view, filter]);
  const { page, error } = view;
  const filtered = filter.text !== '' || filter.direction !== 'all';
  return (
    <section className={styles['panel']} aria-label="Message log">
      <div className={styles['logBar']}>
        <TextField
          className={styles['search']}
          label="Filter messages"
          labelHidden
          type="search"
          size="small"
          icon={<Search size={14} aria-hidden />}
          placeholder="Code, option, token …"
          clearable
          maxLength={1000}
          value={filter.text}
          onChange={(text) => setFilter({ ...filter, text })}
        />
        <SegmentedControl
          size="small"
          label="Direction"
          value={filter.direction}
          onChange={(direction) => setFilter({ ...filter, direction })}
          segments={[
            { value: 'all', label: 'All' },
            { value: 'out', label: 'Sent' },
            { value: 'in', label: 'Received' },
          ]}
        />
        <span className={styles['total']} role="status">
          {page && (filtered ? `${formatCount(page.total)} of ${plural(page.kept, 'message')}` : plural(page.kept, 'message'))}
          {page && page.forgotten > 0 ? `, ${formatCount(page.forgotten)} older ones not kept` : ''}
        </span>
        <IconButton
          size="small"
          label="Clear the log"
          icon={<Eraser size={14} aria-hidden />}
          disabled={!page || page.kept === 0}
          onClick={() => {
            setSelected(null);
            void act(engineClient().call('coapUdp.clearLog', undefined), 'The log could not be cleared');
          }}
        />
      </div>
      {error && (
        <Banner kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
      {page && (
        <Splitter
          id="coap-udp-log"
          panels={[
            {
              id: 'messages',
              minSize: 260,
              content: (
                <VirtualList
                  label="Messages"
                  count={page.total}
                  getRow={view.row}
                  keyOf={({ id }) => id}
                  rowHeightPx={24}
                  renderRow={(row) => <Row row={row} />}
                  isSelected={({ id }) => id === selected}
                  onSelect={({ id }) => setSelected(id)}
                  onRangeChange={view.show}
                  empty={
                    filtered ? (
                      <EmptyState compact title="No message fits the filter" />
                    ) : (
                      <EmptyState
                        compact
                        icon={<ScrollText size={24} aria-hidden />}
                        title="No messages yet"
                        text="Everything that is sent and received is listed here, retransmissions and acknowledgements among it."
                      />
                    )
                  }
                />
              ),
            },
            selected !== null && { id: 'message', defaultSize: '42%', minSize: 240, content: <Detail key={selected} id={selected} /> },
          ]}
        />
      )}
    </section>
  );
}

function Row({ row }: { readonly row: CoapLogRow }): ReactElement {
  const { direction, at, type, code, messageId, peer, options, note, bytes } = row;
  return (
    <span className={styles['logRow']}>
      <time className={styles['quiet']}>{clockTime(at)}</time>
      <span title={direction === 'out' ? 'sent' : 'received'}>
        <span aria-hidden>{direction === 'out' ? '→' : '←'}</span>
        <span className="visually-hidden">{direction === 'out' ? 'sent' : 'received'}</span>
      </span>
      <span className={styles['mono']}>{type ?? '?'}</span>
      <span>{code !== null && <Badge tone={codeTone(code)}>{codeWords(code)}</Badge>}</span>
      <span className={styles['mono']}>{messageId === null ? '' : messageId}</span>
      <span className={styles['ellipsis']} title={[peer, options, note].filter(Boolean).join('\n')}>
        {note !== null && <strong className={styles['note']}>{note} </strong>}
        {options === '' ? peer : options}
      </span>
      <span className={styles['quiet']}>{formatBytes(bytes)}</span>
    </span>
  );
}

/** One message, down to its bytes. */
function Detail({ id }: { readonly id: number }): ReactElement {
  const [detail, setDetail] = useState<CoapLogDetail | null | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    void act(
      engineClient()
        .call('coapUdp.logMessage', { id })
        .then((found) => wanted && setDetail(found)),
      'The message could not be read',
    );
    return () => {
      wanted = false;
    };
  }, [id]);
  if (detail === undefined) return <div className={styles['panel']} />;
  if (detail === null) return <EmptyState compact title="This message is not kept any more" />;
  const { row, bytes, optionList, payload } = detail;
  return (
    <section className={styles['panel']} aria-label="Selected message">
      <div className={styles['messageFacts']} tabIndex={0} role="group" aria-label="Message and options">
        <KeyValueTable
          compact
          label="Message"
          rows={[
            { key: row.direction === 'out' ? 'Sent to' : 'Received from', value: row.peer, mono: true },
            ...(row.type === null || row.code === null
              ? []
              : [
                  { key: 'Type', value: `${row.type} ${codeWords(row.code)}`, mono: true },
                  { key: 'Message id', value: String(row.messageId), mono: true },
                  { key: 'Token', value: row.token === null || row.token.length === 0 ? 'empty' : toHex(row.token), mono: true },
                ]),
            ...(row.note === null ? [] : [{ key: 'Note', value: row.note }]),
            ...optionRows(optionList),
            { key: 'Payload', value: formatBytes(payload.length) },
          ]}
        />
      </div>
      <HexView
        className={styles['hex'] ?? ''}
        label="Bytes of the message"
        totalBytes={bytes.length}
        getBytes={(offset, length) => bytes.subarray(offset, offset + length)}
      />
    </section>
  );
}
