import { BookmarkPlus, Eraser, History, PencilLine, Search } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { CoapHistoryEntry, CoapHistoryPage, CoapHistoryRow } from '../../../../shared/contract/coap-history.ts';
import { formatCode } from '../../../../shared/coap/udp/packet.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { act, browserPacing, formatBytes, formatCount, formatDateTime, plural, useModel } from '../../common/index.ts';
import { formatMs, PagedView } from '../../rpc/index.ts';
import { coapUdpStore } from './coap-udp-model.ts';
import { codeTone, codeWords, failureWords } from './coap-udp-words.ts';
import { keepRequest } from './keep-request.ts';
import { draftOfEntry, savedOfEntry } from './recorded-request.ts';
import { RecordedAnswer, useCoapEntry } from './recorded-answer.tsx';
import styles from './coap-udp.module.css';

interface HistoryFilter {
  readonly text: string;
  readonly outcome: 'all' | 'ok' | 'failed';
}

type HistoryView = PagedView<CoapHistoryRow, CoapHistoryPage, HistoryFilter>;
const everything: HistoryFilter = { text: '', outcome: 'all' };

const openHistory = (): HistoryView =>
  new PagedView<CoapHistoryRow, CoapHistoryPage, HistoryFilter>(
    (filter, place, reader) => engineClient().stream('coapHistory.list', { ...filter, ...place }, reader),
    browserPacing,
    everything,
  );

/** Requests that were made before, those of earlier runs of the program among them. */
export function HistoryPanel(): ReactElement {
  const [view, setView] = useState<HistoryView | null>(null);
  useEffect(() => {
    const opened = openHistory();
    setView(opened);
    return () => opened.close();
  }, []);
  return view ? <Requests view={view} /> : <div className={styles['panel']} />;
}

function Requests({ view }: { readonly view: HistoryView }): ReactElement {
  useModel(view.notifier);
  const [filter, setFilter] = useState(everything);
  const [selected, setSelected] = useState<number | null>(null);
  useEffect(() => view.setFilter(filter), [view, filter]);
  const { page, error } = view;
  const filtered = filter.text !== '' || filter.outcome !== 'all';
  const clear = async (): Promise<void> => {
    const agreed = await confirm({
      title: 'Delete the history of requests over UDP?',
      text: `${plural(page?.kept ?? 0, 'request')} with what came back are deleted, on disk as well.`,
      action: 'Delete',
      danger: true,
    });
    if (!agreed) return;
    setSelected(null);
    await act(engineClient().call('coapHistory.clear', undefined), 'The history could not be deleted');
  };
  return (
    <section className={styles['panel']} aria-label="History">
      <div className={styles['logBar']}>
        <TextField
          className={styles['search']}
          label="Filter requests"
          labelHidden
          type="search"
          size="small"
          icon={<Search size={14} aria-hidden />}
          placeholder="Method, address, code …"
          clearable
          maxLength={1000}
          value={filter.text}
          onChange={(text) => setFilter({ ...filter, text })}
        />
        <SegmentedControl
          size="small"
          label="Outcome"
          value={filter.outcome}
          onChange={(outcome) => setFilter({ ...filter, outcome })}
          segments={[
            { value: 'all', label: 'All' },
            { value: 'ok', label: 'Succeeded' },
            { value: 'failed', label: 'Failed' },
          ]}
        />
        <span className={styles['total']} role="status">
          {page && (filtered ? `${formatCount(page.total)} of ${plural(page.kept, 'request')}` : plural(page.kept, 'request'))}
          {page && page.forgotten > 0 ? `, ${formatCount(page.forgotten)} older ones not kept` : ''}
        </span>
        <IconButton
          size="small"
          label="Delete the history"
          icon={<Eraser size={14} aria-hidden />}
          disabled={!page || page.kept === 0}
          onClick={() => void clear()}
        />
      </div>
      {error && (
        <Banner kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
      {page?.problem != null && <Banner kind="warn" title={page.problem} />}
      {page && (
        <Splitter
          id="coap-udp-history"
          panels={[
            {
              id: 'requests',
              minSize: 260,
              content: (
                <VirtualList
                  className={styles['historyList'] ?? ''}
                  label="Requests"
                  count={page.total}
                  getRow={view.row}
                  keyOf={({ id }) => id}
                  rowHeightPx={26}
                  renderRow={(row) => <Row row={row} />}
                  isSelected={({ id }) => id === selected}
                  onSelect={({ id }) => setSelected(id)}
                  onRangeChange={view.show}
                  empty={
                    filtered ? (
                      <EmptyState compact title="No request fits the filter" />
                    ) : (
                      <EmptyState
                        compact
                        icon={<History size={24} aria-hidden />}
                        title="No requests yet"
                        text="Each request that has ended is kept here with its response, those of collections among them, also when the program is started again."
                      />
                    )
                  }
                />
              ),
            },
            selected !== null && { id: 'request', defaultSize: '50%', minSize: 300, content: <Recorded key={selected} id={selected} /> },
          ]}
        />
      )}
    </section>
  );
}

function Row({ row }: { readonly row: CoapHistoryRow }): ReactElement {
  const { at, method, uri, run, code, failure, elapsedMs, responseBytes } = row;
  return (
    <span className={styles['historyRow']}>
      <time className={styles['quiet']}>{formatDateTime(at * 1000).slice(0, 'YYYY-MM-DD hh:mm:ss'.length)}</time>
      <span className={styles['mono']}>{method}</span>
      <span className={styles['path']} title={run ? `${uri}\nmade by a run of a collection` : uri}>
        {run && <span className={styles['quiet']}>run </span>}
        {uri.replace('coap://', '')}
      </span>
      <span title={code === null ? undefined : codeWords(code)}>
        {code === null ? <Badge tone="bad">{failureWords(failure)}</Badge> : <Badge tone={codeTone(code)}>{formatCode(code)}</Badge>}
      </span>
      <span className={styles['quiet']}>{formatMs(elapsedMs)}</span>
      <span className={styles['quiet']}>{formatBytes(responseBytes)}</span>
    </span>
  );
}

function Recorded({ id }: { readonly id: number }): ReactElement {
  const entry = useCoapEntry(id);
  if (entry === undefined) return <div className={styles['panel']} />;
  if (entry === null) return <EmptyState compact title="This request is not kept any more" />;
  return (
    <section className={styles['panel']} aria-label="Selected request">
      <RecordedAnswer entry={entry} actions={<Actions entry={entry} />} />
    </section>
  );
}

function Actions({ entry }: { readonly entry: CoapHistoryEntry }): ReactElement {
  const isCut = entry.row.requestBytes > entry.request.payload.length;
  return (
    <>
      <IconButton
        size="small"
        label={isCut ? 'Its payload was too large to be kept whole: it cannot be sent again' : 'Edit in the builder'}
        icon={<PencilLine size={14} aria-hidden />}
        disabled={isCut}
        onClick={() => coapUdpStore().load(draftOfEntry(entry))}
      />
      <IconButton
        size="small"
        label="Save into a collection"
        icon={<BookmarkPlus size={14} aria-hidden />}
        disabled={isCut}
        onClick={() => keepRequest(savedOfEntry(entry))}
      />
    </>
  );
}
