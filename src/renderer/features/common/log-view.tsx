import { ListX, Pause, Play, Search } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { RpcNodeLog, RpcNodeLogLine } from '../../../shared/contract/rpc-nodes.ts';
import { Badge } from '../../ui/badge.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Loading } from '../../ui/loading.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { formatDateTime, formatTimeNear, plural } from './format.ts';
import styles from './log-view.module.css';
import { useNow } from './use-model.ts';

interface LogViewProps {
  /** `undefined`: on its way. */
  readonly live: RpcNodeLog | undefined;
  /** Answers whether it worked. */
  readonly onClear: () => Promise<boolean>;
  /** What will stand here. */
  readonly about: string;
}

/** Lines of a log, the newest first, to filter and hold still. */
export function LogView({ live, onClear, about }: LogViewProps): ReactElement {
  const [paused, setPaused] = useState<RpcNodeLog | null>(null);
  const [text, setText] = useState('');
  const todayMs = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const log = paused ?? live;
  const wanted = text.trim().toLowerCase();
  const fits = (line: RpcNodeLogLine): boolean => wanted === '' || `${line.method}\n${line.level}\n${line.text}`.toLowerCase().includes(wanted);
  const lines = log?.lines.filter(fits).toReversed() ?? [];
  const clear = async (): Promise<void> => {
    if (await onClear()) setPaused(null);
  };
  return (
    <section className={styles.panel} aria-label="Log">
      <div className={styles.toolbar} role="group" aria-label="Log">
        <TextField
          className={styles.search}
          label="Filter the log"
          labelHidden
          type="search"
          size="small"
          icon={<Search size={14} aria-hidden />}
          placeholder="Text, method or level"
          clearable
          value={text}
          onChange={setText}
        />
        <span className={styles.total} role="status">
          {log === undefined ? '' : `${plural(log.lines.length, 'line')}${paused ? ', paused' : ''}`}
          {log !== undefined && log.forgotten > 0 && `; ${plural(log.forgotten, 'older one')} gone`}
        </span>
        <IconButton
          size="small"
          label={paused ? 'Go on' : 'Pause'}
          pressed={paused !== null}
          icon={paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
          disabled={live === undefined}
          onClick={() => setPaused(paused ? null : (live ?? null))}
        />
        <IconButton size="small" label="Clear the log" icon={<ListX size={15} aria-hidden />} disabled={!live?.lines.length} onClick={() => void clear()} />
      </div>
      {log === undefined ? (
        <Loading label="Loading the log" />
      ) : lines.length === 0 ? (
        wanted === '' ? (
          <EmptyState compact title="Nothing to tell yet" text={about} />
        ) : (
          <EmptyState compact title="No line fits the filter" />
        )
      ) : (
        <ol className={styles.lines} aria-label="Lines of the log" tabIndex={0}>
          {lines.map((line, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- lines have no identity, and are only ever added
            <li key={lines.length - at} className={styles.line} data-level={line.level}>
              <time className={styles.time} title={formatDateTime(line.at * 1000)}>
                {formatTimeNear(line.at * 1000, todayMs)}
              </time>
              <span className={styles.level}>{line.level}</span>
              <span className={styles.method} title={line.method}>
                {line.method}
              </span>
              <span className={styles.text} data-selectable>
                {line.text}
                {line.times > 1 && <Badge title="How often it was said in a row">{`× ${line.times}`}</Badge>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
