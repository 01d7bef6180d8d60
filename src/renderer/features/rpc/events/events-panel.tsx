import { ArrowDownLeft, ArrowUpRight, ListX, Pause, Play, Radio, Search, Send } from 'lucide-react';
import { memo, useEffect, useState, type ReactElement } from 'react';
import type { EventsPage, RpcEventRow } from '../../../../shared/contract/rpc-peers.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Select } from '../../../ui/select.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { act, browserPacing, formatCount, formatDateTime, formatTimeNear, plural, useModel, useNow, type SourceOption } from '../../common/index.ts';
import styles from '../lists.module.css';
import { PagedView } from '../paged-view.ts';
import { EventDetail } from './event-detail.tsx';
import { SendEventDialog } from './send-event-dialog.tsx';

interface EventsFilter {
  readonly eventType: string | undefined;
  readonly text: string;
  /** The newest event of a list that stands still. */
  readonly upTo: number | undefined;
}

type EventsView = PagedView<RpcEventRow, EventsPage, EventsFilter>;

const noFilter: EventsFilter = { eventType: undefined, text: '', upTo: undefined };

const openEvents = (source: SourceOption['id']): EventsView =>
  new PagedView<RpcEventRow, EventsPage, EventsFilter>(
    ({ eventType, text, upTo }, place, reader) =>
      engineClient().stream(
        'rpcEvents.watch',
        { source, text: text.slice(0, 1000), ...place, ...(eventType === undefined ? {} : { eventType }), ...(upTo === undefined ? {} : { upTo }) },
        reader,
      ),
    browserPacing,
    noFilter,
  );

/** The events of a source, newest first, and the selected one. Give it the source's id as key. */
export function EventsPanel({ source }: { readonly source: SourceOption }): ReactElement {
  const [view, setView] = useState<EventsView | null>(null);
  const [selected, setSelected] = useState<number | null>(null);
  const [sending, setSending] = useState<{ readonly from: RpcEventRow | null } | null>(null);
  useEffect(() => {
    const opened = openEvents(source.id);
    setView(opened);
    return () => opened.close();
  }, [source.id]);
  return (
    <>
      <Splitter
        id="rpc-events"
        orientation="vertical"
        panels={[
          {
            id: 'list',
            minSize: 140,
            content: view ? (
              <EventsList view={view} source={source} selected={selected} onSelect={setSelected} onSend={() => setSending({ from: null })} />
            ) : (
              <div className={styles['panel']} />
            ),
          },
          { id: 'event', defaultSize: '40%', minSize: 110, content: <EventDetail id={selected} onSendLike={(from) => setSending({ from })} /> },
        ]}
      />
      {sending && <SendEventDialog source={source} like={sending.from} onClose={() => setSending(null)} />}
    </>
  );
}

interface EventsListProps {
  readonly view: EventsView;
  readonly source: SourceOption;
  readonly selected: number | null;
  readonly onSelect: (id: number) => void;
  readonly onSend: () => void;
}

function EventsList({ view, source, selected, onSelect, onSend }: EventsListProps): ReactElement {
  useModel(view.notifier);
  const [filter, setFilter] = useState(noFilter);
  useEffect(() => view.setFilter(filter), [view, filter]);
  const todayMs = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const { page, error } = view;
  const paused = filter.upTo !== undefined;
  const filtered = filter.eventType !== undefined || filter.text !== '';
  const clear = async (): Promise<void> => {
    const agreed = await confirm({
      title: 'Clear the list of events?',
      text: `The events of ${source.name} are removed from this list. The message history stays.`,
      action: 'Clear the list',
      danger: true,
    });
    if (agreed) await act(engineClient().call('rpcEvents.clear', { source: source.id }), 'The list could not be cleared');
  };
  return (
    <section className={styles['panel']} aria-label="Events">
      <div className={styles['toolbar']} role="group" aria-label="Events">
        <TextField
          className={styles['search']}
          label="Filter events"
          labelHidden
          type="search"
          size="small"
          icon={<Search size={14} aria-hidden />}
          placeholder="Topic, type, source or data"
          clearable
          maxLength={1000}
          value={filter.text}
          onChange={(text) => setFilter({ ...filter, text })}
        />
        <Select
          className={styles['types']}
          label="Type of the events"
          labelHidden
          size="small"
          value={filter.eventType === undefined ? 'all' : `type:${filter.eventType}`}
          onChange={(next) => setFilter({ ...filter, eventType: next === 'all' ? undefined : next.slice('type:'.length) })}
          options={[
            { value: 'all', label: 'Every type' },
            ...typesOf(page, filter.eventType).map(({ eventType, count }) => ({
              value: `type:${eventType}`,
              label: eventType === '' ? 'without a type' : eventType,
              detail: formatCount(count),
            })),
          ]}
        />
        <span className={styles['total']} role="status">
          {page ? `${plural(page.total, 'event')}${filtered ? (page.total === 1 ? ' fits' : ' fit') : ''}${paused ? ', standing still' : ''}` : ''}
        </span>
        <IconButton
          size="small"
          label={paused ? 'Let the list go on' : 'Let the list stand still'}
          pressed={paused}
          icon={paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
          disabled={!page}
          onClick={() => setFilter({ ...filter, upTo: paused ? undefined : (page?.newestId ?? 0) })}
        />
        <IconButton
          size="small"
          label="Clear the list …"
          icon={<ListX size={15} aria-hidden />}
          disabled={!page || page.seen === 0}
          onClick={() => void clear()}
        />
        <Button size="small" icon={<Send size={14} aria-hidden />} disabled={!source.live} onClick={onSend}>
          Send an event
        </Button>
      </div>
      {error && (
        <Banner kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
      <div className={styles['frame']}>
        {page ? (
          <VirtualList
            label="Events"
            count={page.total}
            getRow={view.row}
            keyOf={(event) => event.id}
            rowHeightPx={26}
            renderRow={(event) => <EventRow event={event} todayMs={todayMs} />}
            isSelected={(event) => event.id === selected}
            onSelect={(event) => onSelect(event.id)}
            onRangeChange={view.show}
            empty={
              filtered ? (
                <EmptyState
                  compact
                  title="No event fits the filter"
                  actions={
                    <Button size="small" onClick={() => setFilter({ ...noFilter, upTo: filter.upTo })}>
                      Clear the filter
                    </Button>
                  }
                />
              ) : (
                <EmptyState
                  compact
                  icon={<Radio size={24} aria-hidden />}
                  title="No events seen yet"
                  text="Events of mqttxx 3 and 4, and notifications of JSON-RPC, are listed here as they come."
                  actions={
                    <Button size="small" disabled={!source.live} onClick={onSend}>
                      Send an event
                    </Button>
                  }
                />
              )
            }
          />
        ) : (
          !error && <Loading label="Loading events" />
        )}
      </div>
      {page !== undefined && page.forgotten > 0 && (
        <p className={styles['foot']}>{plural(page.forgotten, 'older event')} were forgotten to keep the lists within bounds.</p>
      )}
    </section>
  );
}

/** The chosen type stays in the list of types, whatever was cleared. */
function typesOf(page: EventsPage | undefined, chosen: string | undefined): EventsPage['types'] {
  const types = page?.types ?? [];
  return chosen === undefined || types.some(({ eventType }) => eventType === chosen) ? types : [...types, { eventType: chosen, count: 0 }];
}

const EventRow = memo(function EventRow({ event, todayMs }: { readonly event: RpcEventRow; readonly todayMs: number }): ReactElement {
  const { timeUs, own, eventType, topic, from, publisher, preview } = event;
  const who = from || (publisher ?? '');
  return (
    <span className={styles['event']}>
      <time className={styles['quiet']} title={formatDateTime(timeUs)}>
        {formatTimeNear(timeUs, todayMs)}
      </time>
      <span className={styles['own']} data-own={own || undefined} title={own ? 'Sent from here' : 'Seen'}>
        {own ? <ArrowUpRight size={13} aria-hidden /> : <ArrowDownLeft size={13} aria-hidden />}
        <span className="visually-hidden">{own ? 'sent from here' : 'seen'}</span>
      </span>
      <span className={styles['strong']} title={eventType}>
        {eventType === '' ? <i>no type</i> : eventType}
      </span>
      <span className={styles['quiet']} title={topic}>
        {topic}
      </span>
      <span className={styles['quiet']} title={who}>
        {who}
      </span>
      <span className={styles['mono']} title={preview}>
        {preview}
      </span>
    </span>
  );
});
