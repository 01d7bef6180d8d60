import { ArrowDownLeft, ArrowLeft, ArrowUp, ArrowUpRight } from 'lucide-react';
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { VirtualList, type VirtualListHandle } from '../../../ui/virtual-list.tsx';
import { formatCount, formatDateTime, formatTimeNear, useModel, useNow, type SourceOption } from '../../common/index.ts';
import { formatMs, noCallsFilter, type CallsView } from '../../rpc/index.ts';
import { addressOf, splitMethod } from './coap-address.ts';
import { CodeBadge } from './code-badge.tsx';
import { coapStore, useCoapSource, useCoapState } from './coap-model.ts';
import { GroupsPanel } from './groups-panel.tsx';
import { NoRequests, RequestsToolbar } from './requests-toolbar.tsx';
import { ResponsePanel } from './response-panel.tsx';
import styles from './requests.module.css';

/** Every request of a source, own ones and those of others, newest first; below it the selected one. */
export function RequestsPanel({ source }: { readonly source: SourceOption }): ReactElement {
  const [view, setView] = useState<CallsView | null>(null);
  const text = useCoapState((state) => state.text);
  const onlyProblems = useCoapState((state) => state.onlyProblems);
  const grouped = useCoapState((state) => state.grouped);
  const selected = useCoapSource(source.id, (state) => state.selected);
  const group = useCoapSource(source.id, (state) => state.group);
  const reopen = useCallback(() => setView(coapStore().openRequests(source.id, group)), [source.id, group]);
  const showsGroups = grouped && group === null;
  useEffect(() => {
    if (showsGroups) setView(null);
    else reopen();
  }, [showsGroups, reopen]);
  useEffect(() => () => view?.close(), [view]);
  useEffect(() => view?.setFilter({ ...noCallsFilter, text, choice: onlyProblems ? 'problems' : 'all' }), [view, text, onlyProblems]);
  if (showsGroups) return <GroupsPanel source={source} />;
  return (
    <Splitter
      id="coap-requests"
      orientation="vertical"
      panels={[
        {
          id: 'list',
          minSize: 140,
          content: view ? <RequestsList view={view} source={source} selected={selected} onRetry={reopen} /> : <div className={styles.panel} />,
        },
        { id: 'request', defaultSize: '45%', minSize: 110, content: <ResponsePanel source={source} id={selected} place="list" /> },
      ]}
    />
  );
}

interface RequestsListProps {
  readonly view: CallsView;
  readonly source: SourceOption;
  readonly selected: number | null;
  readonly onRetry: () => void;
}

function RequestsList({ view, source, selected, onRetry }: RequestsListProps): ReactElement {
  useModel(view.notifier);
  const todayMs = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const handle = useRef<VirtualListHandle>(null);
  const onRangeChange = useCallback((first: number, last: number) => view.show(first, last), [view]);
  const onAtTop = useCallback((atTop: boolean) => view.setFollowing(atTop), [view]);
  const { total, looked, fresh, problem, paused, following, jumps, error } = view.status;
  useLayoutEffect(() => {
    if (jumps > 0) handle.current?.scrollTo(0, 'start');
  }, [jumps]);
  const retry = (
    <Button size="small" onClick={onRetry}>
      Try again
    </Button>
  );
  return (
    <section className={styles.panel} aria-label="Requests">
      <RequestsToolbar source={source} view={view} unit="request" />
      <OpenGroup source={source} />
      {error && (
        <Banner kind="bad" title={error.message} actions={retry}>
          {error.advice}
        </Banner>
      )}
      {problem !== null && (
        <Banner kind="warn" title="Older requests cannot be read: only those in memory are listed" actions={retry}>
          {problem}
        </Banner>
      )}
      <div className={styles.frame}>
        {total === undefined || (total === 0 && looked !== null) ? (
          !error && <Loading label={total === undefined ? 'Loading requests' : 'Looking through the history'} />
        ) : (
          <VirtualList
            ref={handle}
            label="Requests"
            count={total}
            getRow={view.row}
            keyOf={(row) => row.id}
            rowHeightPx={26}
            renderRow={(row) => <RequestRow row={row} todayMs={todayMs} />}
            isSelected={(row) => row.id === selected}
            onSelect={(row) => coapStore().selectRequest(source.id, row.id)}
            onRangeChange={onRangeChange}
            onAtTop={onAtTop}
            empty={<NoRequests source={source} />}
          />
        )}
        {!paused && !following && fresh > 0 && (
          <span className={styles.pill}>
            <Button size="small" variant="primary" icon={<ArrowUp size={13} aria-hidden />} onClick={() => view.jumpToNewest()}>
              {formatCount(fresh)} new
            </Button>
          </span>
        )}
      </div>
    </section>
  );
}

/** Says that the requests of one correlation id are listed, and leads back. */
function OpenGroup({ source }: { readonly source: SourceOption }): ReactElement | null {
  const group = useCoapSource(source.id, (state) => state.group);
  const grouped = useCoapState((state) => state.grouped);
  if (group === null) return null;
  return (
    <div className={styles.group} role="group" aria-label="Correlation id">
      <Button size="small" variant="ghost" icon={<ArrowLeft size={13} aria-hidden />} onClick={() => coapStore().showGroup(source.id, null)}>
        {grouped ? 'All groups' : 'All requests'}
      </Button>
      <span className={styles.groupLabel}>Correlation id</span>
      <code className={styles.groupId} title={group} data-selectable>
        {group}
      </code>
    </div>
  );
}

/** One line of the list. */
const RequestRow = memo(function RequestRow({ row, todayMs }: { readonly row: CallRow; readonly todayMs: number }): ReactElement {
  const address = addressOf(row.topic);
  const { method, path } = splitMethod(row.method);
  return (
    <span className={styles.row}>
      <time className={styles.time} title={formatDateTime(row.timeUs)}>
        {formatTimeNear(row.timeUs, todayMs)}
      </time>
      <span className={styles.own} data-own={row.own || undefined} title={row.own ? 'Made here' : 'Seen: made by another client'}>
        {row.own ? <ArrowUpRight size={13} aria-hidden /> : <ArrowDownLeft size={13} aria-hidden />}
        <span className="visually-hidden">{row.own ? 'made here' : 'made by another client'}</span>
      </span>
      <span className={styles.code}>
        <CodeBadge call={row} short />
      </span>
      <span className={styles.method}>{method}</span>
      <span className={styles.path} title={path}>
        {path === '' ? <i>{row.state === 'orphan' ? 'response alone' : 'unreadable'}</i> : path}
      </span>
      <span className={styles.device} title={row.topic}>
        {address ? `${address.target} · ${address.subsystem}` : row.topic}
      </span>
      <span className={row.errorText === null ? styles.caller : styles.problem} title={row.errorText ?? row.callerId}>
        {row.errorText ?? row.callerId}
      </span>
      <span className={styles.elapsed}>{row.elapsedMs === null ? '' : formatMs(row.elapsedMs)}</span>
    </span>
  );
});
