import { ArrowDownToLine, History, Send, Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { PublishedRow } from '../../../shared/contract/publishing.ts';
import { engineClient, useStreamValue } from '../../data/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { act, formatDateTime, formatTimeNear, useNow } from '../common/index.ts';
import { publishStore } from './publish-model.ts';
import styles from './publish.module.css';

interface PublishHistoryProps {
  readonly source: SourceId;
  readonly live: boolean;
}

/** What was published here, to be loaded or published again. */
export function PublishHistory({ source, live }: PublishHistoryProps): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton size="small" label="What was published here" icon={<History size={14} aria-hidden />} tooltipSide="top" onClick={() => setOpen(true)} />
      {open && (
        <Dialog open size="large" title="Published here" description="The last hundred messages of this source, newest first." onOpenChange={setOpen}>
          <Rows source={source} live={live} onLeave={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function Rows({ source, live, onLeave }: PublishHistoryProps & { readonly onLeave: () => void }): ReactElement {
  const todayMs = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const rows = useStreamValue('publishing.history', { source });
  const load = async ({ id }: PublishedRow, send: boolean): Promise<void> => {
    if (!(await act(publishStore().loadAgain(source, id), 'The message could not be loaded'))) return;
    onLeave();
    if (send) await publishStore().run(source, { kind: 'once' });
  };
  if (!rows || rows.length === 0) return <p className={styles.noHistory}>{rows ? 'Nothing was published here yet.' : 'Loading …'}</p>;
  return (
    <div className={styles.history}>
      <ul className={styles.historyRows} aria-label="Published here">
        {rows.map((row) => (
          <li key={row.id} className={styles.historyRow}>
            <time className={styles.historyTime} title={formatDateTime(row.at * 1000)}>
              {formatTimeNear(row.at * 1000, todayMs)}
            </time>
            <span className={styles.historyTopic} title={row.topic}>
              {row.topic}
            </span>
            <span className={styles.historyText} data-problem={row.problem !== null || undefined} title={row.problem ?? row.preview}>
              {row.problem ?? row.fileName ?? (row.preview === '' ? 'empty' : row.preview)}
            </span>
            <span className={styles.historyFlags}>
              Q{row.qos}
              {row.retain ? ' R' : ''}
              {row.kind === 'once' ? '' : row.kind === 'repeat' ? ' repeated' : ' lines'}
            </span>
            <IconButton
              size="small"
              label={row.kept ? `Load ${row.topic}` : 'It is too long to be kept'}
              icon={<ArrowDownToLine size={14} aria-hidden />}
              disabled={!row.kept}
              onClick={() => void load(row, false)}
            />
            <IconButton
              size="small"
              label={row.fileName === null ? `Publish ${row.topic} again` : 'Its file is not kept'}
              icon={<Send size={14} aria-hidden />}
              disabled={!row.kept || !live || row.fileName !== null}
              onClick={() => void load(row, true)}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button
          size="small"
          variant="ghost"
          icon={<Trash2 size={14} aria-hidden />}
          onClick={() => void act(engineClient().call('publishing.clearHistory', { source }), 'The list could not be cleared')}
        >
          Clear the list
        </Button>
      </div>
    </div>
  );
}
