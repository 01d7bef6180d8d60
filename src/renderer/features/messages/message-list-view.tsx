import { ArrowUp, Pause, Play } from 'lucide-react';
import { useCallback, useLayoutEffect, useRef, type ReactElement } from 'react';
import type { MessageRow } from '../../../shared/contract/messages.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { PanelTitle, Toolbar } from '../../ui/toolbar.tsx';
import { VirtualList, type VirtualListHandle } from '../../ui/virtual-list.tsx';
import { formatCount, plural, useModel, useNow } from '../common/index.ts';
import { MessageRowContent } from './message-row.tsx';
import type { MessageSession } from './message-session.ts';
import styles from './messages.module.css';

const keyOf = (row: MessageRow): number => row.id;

/** The history of the selected topic, newest first. */
export function MessageListView({ session }: { readonly session: MessageSession }): ReactElement {
  const { list, shown } = session;
  useModel(list.notifier);
  useModel(shown.notifier);
  const todayMs = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const handle = useRef<VirtualListHandle>(null);
  const { phase, length, paused, newCount, newAtLeast, error, following, jumps } = list.status;
  const shownId = shown.state.detail?.id;

  const onRangeChange = useCallback((first: number, last: number) => list.show(first, last), [list]);
  const onAtTop = useCallback((atTop: boolean) => list.setFollowing(atTop), [list]);
  const isSelected = (row: MessageRow): boolean => row.id === shownId;
  useLayoutEffect(() => {
    if (jumps > 0) handle.current?.scrollTo(0, 'start');
  }, [jumps]);
  const toNewest = (): void => {
    session.setPaused(false);
    list.jumpToNewest();
  };

  return (
    <section className={styles.panel} aria-label="Message history">
      <Toolbar
        label="Message history"
        end={
          <IconButton
            size="small"
            label={paused ? 'Resume' : 'Pause'}
            pressed={paused}
            icon={paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            onClick={() => session.setPaused(!paused)}
          />
        }
      >
        <PanelTitle>Messages</PanelTitle>
        <span className={styles.total}>{phase === 'ready' ? formatCount(length) : ''}</span>
        {paused && (
          <span className={styles.pausedNote} role="status">
            Paused{newCount > 0 ? ` · ${plural(newCount, 'new message')}${newAtLeast ? ' or more' : ''} since` : ''}
          </span>
        )}
      </Toolbar>
      {error && (
        <Banner
          kind="bad"
          title={error.message}
          actions={
            <Button size="small" onClick={() => list.reload()}>
              Try again
            </Button>
          }
        >
          {error.advice}
        </Banner>
      )}
      <div className={styles.listFrame}>
        {phase === 'loading' ? (
          <Loading label="Loading messages" />
        ) : (
          <VirtualList
            ref={handle}
            label="Messages"
            count={length}
            getRow={list.row}
            keyOf={keyOf}
            rowHeightPx={24}
            renderRow={(row) => <MessageRowContent row={row} todayMs={todayMs} />}
            isSelected={isSelected}
            onSelect={(row) => session.select(row.id)}
            onRangeChange={onRangeChange}
            onAtTop={onAtTop}
            empty={
              phase === 'ready' && (
                <EmptyState compact title="No messages in the history" text="Messages on exactly this topic are listed here as they arrive." />
              )
            }
          />
        )}
        {!paused && !following && newCount > 0 && (
          <span className={styles.pill}>
            <Button size="small" variant="primary" icon={<ArrowUp size={13} aria-hidden />} onClick={toNewest}>
              {formatCount(newCount)}
              {newAtLeast ? '+' : ''} new
            </Button>
          </span>
        )}
      </div>
    </section>
  );
}
