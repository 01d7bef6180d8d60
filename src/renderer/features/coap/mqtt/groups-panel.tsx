import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import type { CallGroup, GroupOutcome } from '../../../../shared/contract/call-history.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { VirtualList, type VirtualListHandle } from '../../../ui/virtual-list.tsx';
import { formatCount, formatDateTime, formatTimeNear, plural, useModel, useNow, type SourceOption } from '../../common/index.ts';
import { formatMs, noCallsFilter, type GroupsView } from '../../rpc/index.ts';
import { CodeBadge } from './code-badge.tsx';
import { coapStore, useCoapState } from './coap-model.ts';
import { NoRequests, RequestsToolbar } from './requests-toolbar.tsx';
import styles from './requests.module.css';

/** Badges in a line; the others are counted. */
const shownOutcomes = 3;

/** The requests of a source by correlation id, newest first. */
export function GroupsPanel({ source }: { readonly source: SourceOption }): ReactElement {
  const [view, setView] = useState<GroupsView | null>(null);
  const text = useCoapState((state) => state.text);
  const onlyProblems = useCoapState((state) => state.onlyProblems);
  const reopen = useCallback(() => setView(coapStore().openGroups(source.id)), [source.id]);
  useEffect(reopen, [reopen]);
  useEffect(() => () => view?.close(), [view]);
  useEffect(() => view?.setFilter({ ...noCallsFilter, text, choice: onlyProblems ? 'problems' : 'all' }), [view, text, onlyProblems]);
  return view ? <Groups view={view} source={source} onRetry={reopen} /> : <div className={styles.panel} />;
}

function Groups({ view, source, onRetry }: { readonly view: GroupsView; readonly source: SourceOption; readonly onRetry: () => void }): ReactElement {
  useModel(view.notifier);
  const todayMs = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const handle = useRef<VirtualListHandle>(null);
  const onRangeChange = useCallback((first: number, last: number) => view.show(first, last), [view]);
  const onAtTop = useCallback((atTop: boolean) => view.setFollowing(atTop), [view]);
  const filtered = useCoapState((state) => state.text.trim() !== '' || state.onlyProblems);
  const { total, looked, problem, jumps, error } = view.status;
  const { requests, leftOut } = view.grouped;
  useLayoutEffect(() => {
    if (jumps > 0) handle.current?.scrollTo(0, 'start');
  }, [jumps]);
  const open = (group: CallGroup): void => coapStore().showGroup(source.id, group.correlationId);
  const retry = (
    <Button size="small" onClick={onRetry}>
      Try again
    </Button>
  );
  return (
    <section className={styles.panel} aria-label="Requests by correlation id">
      <RequestsToolbar source={source} view={view} unit="group" note={requests === 0 ? '' : ` of ${plural(requests, 'request')}`} />
      {error && (
        <Banner kind="bad" title={error.message} actions={retry}>
          {error.advice}
        </Banner>
      )}
      {problem !== null && (
        <Banner kind="warn" title="Older requests cannot be read: only those in memory are grouped" actions={retry}>
          {problem}
        </Banner>
      )}
      {leftOut > 0 && (
        <Banner
          title={`${plural(leftOut, 'older request')} with a correlation id ${leftOut === 1 ? 'is' : 'are'} in no group: the newest ${formatCount(requests)} are grouped.`}
        />
      )}
      <div className={styles.frame}>
        {total === undefined || (total === 0 && looked !== null) ? (
          !error && (
            <div className={styles.center}>
              <Spinner label={total === undefined ? 'Loading groups' : 'Looking through the history'} />
            </div>
          )
        ) : (
          <VirtualList
            ref={handle}
            label="Groups"
            count={total}
            getRow={view.row}
            keyOf={(row) => row.correlationId}
            rowHeightPx={26}
            renderRow={(row) => <GroupRow row={row} todayMs={todayMs} onOpen={open} />}
            onActivate={open}
            onRangeChange={onRangeChange}
            onAtTop={onAtTop}
            empty={
              filtered ? (
                <NoRequests source={source} />
              ) : (
                <EmptyState
                  compact
                  title="No request has a correlation id yet"
                  text="Requests with the same correlation id stand here as one group. Write one under Header and delivery, or send a batch: its requests share one."
                />
              )
            }
          />
        )}
      </div>
    </section>
  );
}

interface GroupRowProps {
  readonly row: CallGroup;
  readonly todayMs: number;
  readonly onOpen: (group: CallGroup) => void;
}

/** One group: when, how many, and what became of them, the worst first. */
const GroupRow = memo(function GroupRow({ row, todayMs, onOpen }: GroupRowProps): ReactElement {
  const { correlationId, requests, services, outcomes, otherOutcomes, firstUs, lastUs } = row;
  const size = `${plural(requests, 'request')}${services > 1 ? `, ${plural(services, 'device')}` : ''}`;
  const shown = outcomes.slice(0, shownOutcomes);
  const more = outcomes.slice(shownOutcomes).reduce((sum, { count }) => sum + count, otherOutcomes);
  return (
    // The row itself takes Enter; a click anywhere on it does the same.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <span className={styles.groupRow} onClick={() => onOpen(row)}>
      <time className={styles.time} title={`First ${formatDateTime(firstUs)}, last ${formatDateTime(lastUs)}`}>
        {formatTimeNear(lastUs, todayMs)}
      </time>
      <code className={styles.groupId} title={correlationId}>
        {correlationId}
      </code>
      <span className={styles.device} title={size}>
        {size}
      </span>
      <span className={styles.outcomes}>
        {shown.map((outcome) => (
          <Outcome key={`${outcome.state} ${outcome.own} ${outcome.responseCode}`} outcome={outcome} />
        ))}
        {more > 0 && <span className={styles.caller}>{formatCount(more)} more</span>}
      </span>
      <span className={styles.elapsed} title="From the first request to the last">
        {lastUs > firstUs ? formatMs((lastUs - firstUs) / 1000) : ''}
      </span>
    </span>
  );
});

function Outcome({ outcome }: { readonly outcome: GroupOutcome }): ReactElement {
  return (
    <span className={styles.outcome}>
      <CodeBadge call={outcome} short />
      <span className={styles.times}>× {formatCount(outcome.count)}</span>
    </span>
  );
}
