import { Download, Search, Trash2, Upload } from 'lucide-react';
import { useRef, useState, type ReactElement } from 'react';
import type { RetainedColumn, RetainedPage, RetainedQuery, RetainedRow, RetainedWanted } from '../../../../shared/contract/broker-lists.ts';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { DataGrid, type DataColumn, type DataOrder } from '../../../ui/data-grid.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { ProgressBar } from '../../../ui/progress-bar.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { Toolbar } from '../../../ui/toolbar.tsx';
import { formatAge, formatBytes, formatCount, formatDateTime, plural } from '../../common/index.ts';
import { insideStore, useInside } from '../inside-store.ts';
import styles from '../inside.module.css';
import { PayloadHead } from '../payload-head.tsx';
import { usePolledList } from '../polled-list.ts';
import { deleteAll, exportAll, importFile, type LongWork } from './retained-actions.ts';
import { RetainedDetail } from './retained-detail.tsx';

type Query = Omit<RetainedQuery, 'offset' | 'limit'>;

const columns: readonly DataColumn<RetainedRow, RetainedColumn>[] = [
  {
    id: 'topic',
    minPx: 150,
    grow: 2,
    title: 'Topic',
    sort: 'topic',
    render: ({ topic }) => (
      <span className={styles['strong']} title={topic}>
        {topic}
      </span>
    ),
  },
  { id: 'payload', minPx: 140, grow: 2, rank: 3, title: 'Payload', render: ({ head, sizeBytes }) => <PayloadHead head={head} sizeBytes={sizeBytes} /> },
  { id: 'size', minPx: 64, rank: 2, title: 'Size', align: 'end', sort: 'size', render: ({ sizeBytes }) => formatBytes(sizeBytes) },
  { id: 'qos', minPx: 32, rank: 4, title: 'QoS', align: 'end', render: ({ qos }) => qos },
  {
    id: 'age',
    minPx: 54,
    rank: 1,
    title: 'Age',
    align: 'end',
    sort: 'storedAt',
    render: ({ storedAt }) => (storedAt === null ? '' : <span title={formatDateTime(storedAt * 1000)}>{formatAge(Math.max(0, Date.now() - storedAt))}</span>),
  },
  {
    id: 'publisher',
    minPx: 90,
    grow: 1,
    rank: 5,
    title: 'From',
    sort: 'publisher',
    render: ({ publisher }) => publisher ?? <span className={styles['faint']}>the broker</span>,
  },
];

/** A text with a wildcard is a topic filter, another one a part of the topic. */
function wantedOf(text: string, system: boolean): RetainedWanted {
  const trimmed = text.trim();
  const isFilter = /[+#]/.test(trimmed);
  return { ...(trimmed === '' ? {} : isFilter ? { filter: trimmed } : { search: trimmed }), ...(system ? { system } : {}) };
}

/** What the broker gives to new subscribers: looked at, changed, deleted, saved and brought back. */
export function RetainedView(): ReactElement {
  const [text, setText] = useState('');
  const [system, setSystem] = useState(false);
  const [order, setOrder] = useState<DataOrder<RetainedColumn> | null>(null);
  const [work, setWork] = useState<LongWork | null>(null);
  const chosen = useInside(({ retainedTopic }) => retainedTopic);
  const file = useRef<HTMLInputElement>(null);
  const typed = wantedOf(text, system);
  const problem = typed.filter === undefined ? null : validateTopicFilter(typed.filter);
  const wanted: RetainedWanted = problem ? {} : typed;
  const view = usePolledList<RetainedRow, RetainedPage, Query>((engine, query) => engine.call('broker.retained', query), {
    ...wanted,
    ...(order === null ? {} : { order }),
  });
  const page = view?.page;
  const total = page?.total ?? 0;
  const isBusy = work !== null;
  const what = text.trim() === '' ? 'All there are.' : `All that fit “${text.trim()}”.`;
  return (
    <Splitter
      id="broker-retained"
      panels={[
        {
          id: 'list',
          minSize: 320,
          content: (
            <section className={styles['listPane']} aria-label="Retained messages">
              <Toolbar
                label="Retained messages"
                end={
                  <>
                    {page && (
                      <span
                        className={styles['count']}
                        role="status"
                        title={page.bytes === null ? undefined : `All together take about ${formatBytes(page.bytes)} of memory`}
                      >
                        {plural(total, 'message')}
                      </span>
                    )}
                    <IconButton
                      size="small"
                      label="Import from a file"
                      icon={<Upload size={14} aria-hidden />}
                      disabled={isBusy}
                      onClick={() => file.current?.click()}
                    />
                    <Menu
                      align="end"
                      trigger={<IconButton size="small" label="Export to a file" icon={<Download size={14} aria-hidden />} disabled={isBusy || total === 0} />}
                      items={[
                        { label: 'JSON lines, texts as they are', onSelect: () => exportAll(wanted, total, 'text', setWork) },
                        { label: 'JSON lines, payloads as base64', onSelect: () => exportAll(wanted, total, 'base64', setWork) },
                      ]}
                    />
                    <IconButton
                      size="small"
                      label="Delete all that are listed"
                      icon={<Trash2 size={14} aria-hidden />}
                      disabled={isBusy || total === 0 || problem !== null}
                      onClick={() => void deleteAll(wanted, total, what, setWork)}
                    />
                  </>
                }
              >
                <TextField
                  className={styles['search']}
                  label="Find retained messages"
                  labelHidden
                  type="search"
                  size="small"
                  clearable
                  maxLength={1000}
                  icon={<Search size={14} aria-hidden />}
                  placeholder="Part of a topic, or a filter: home/+/state"
                  value={text}
                  onChange={setText}
                />
                <Checkbox label="$ topics" checked={system} onChange={setSystem} />
              </Toolbar>
              <input
                ref={file}
                type="file"
                accept=".jsonl,.ndjson,.json,.txt"
                aria-label="File with retained messages"
                className={styles['hidden']}
                onChange={({ target }) => {
                  const [picked] = target.files ?? [];
                  if (picked) void importFile(picked, setWork);
                  target.value = '';
                }}
              />
              {work && <Working work={work} />}
              {problem && (
                <Banner kind="warn" title={problem.message}>
                  {problem.advice}
                </Banner>
              )}
              {view?.error && <Banner kind="bad" title={view.error.message} />}
              {view && page ? (
                <DataGrid
                  label="All retained messages"
                  columns={columns}
                  order={order}
                  onOrder={setOrder}
                  count={total}
                  getRow={view.row}
                  keyOf={({ topic }) => topic}
                  isSelected={({ topic }) => topic === chosen}
                  onSelect={({ topic }) => insideStore.setState({ retainedTopic: topic })}
                  onRangeChange={view.show}
                  empty={
                    text.trim() === '' ? (
                      <EmptyState compact title="Nothing is retained" text="A message that is published with “Retain” is kept here for subscribers to come." />
                    ) : (
                      <EmptyState compact title="No such message" text={`No retained topic fits “${text.trim()}”.`} />
                    )
                  }
                />
              ) : (
                <Loading label="Loading the retained messages" />
              )}
            </section>
          ),
        },
        chosen !== null && { id: 'message', defaultSize: 420, minSize: 280, fixed: true, content: <RetainedDetail key={chosen} topic={chosen} /> },
      ]}
    />
  );
}

function Working({ work: { title, done, total, cancel } }: { readonly work: LongWork }): ReactElement {
  return (
    <Banner
      title={`${title}: ${formatCount(done)}${total === null ? '' : ` of ${formatCount(total)}`}`}
      actions={
        <Button size="small" onClick={cancel}>
          Stop
        </Button>
      }
    >
      <ProgressBar label={title} value={total === null || total === 0 ? null : done / total} />
    </Banner>
  );
}
