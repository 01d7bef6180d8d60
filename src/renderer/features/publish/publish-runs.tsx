import { Repeat, Square, X } from 'lucide-react';
import type { ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { PublishRun } from '../../../shared/contract/publishing.ts';
import { engineClient, useStreamValue } from '../../data/index.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { act, plural } from '../common/index.ts';
import { runOutcome, runProgress } from './run-words.ts';
import styles from './publish.module.css';

const useRuns = (): readonly PublishRun[] => useStreamValue('publishing.runs', undefined) ?? [];

/** What goes on publishing to a source, newest first, with what has ended since. */
export function PublishRuns({ source }: { readonly source: SourceId }): ReactElement | null {
  const runs = useRuns().filter((run) => run.source === source);
  return runs.length === 0 ? null : <RunList runs={runs} />;
}

/** In the strip while something goes on publishing, whatever page is shown. */
export function PublishingItem(): ReactElement | null {
  const runs = useRuns();
  const running = runs.filter(({ state }) => state === 'running');
  if (running.length === 0) return null;
  return (
    <Popover
      side="top"
      title="Being published"
      trigger={
        <button type="button" className={styles.strip}>
          <Repeat size={12} aria-hidden />
          <span>{plural(running.length, 'publisher')} running</span>
        </button>
      }
    >
      <div className={styles.popoverRuns}>
        <RunList runs={running} />
      </div>
    </Popover>
  );
}

function RunList({ runs }: { readonly runs: readonly PublishRun[] }): ReactElement {
  return (
    <ul className={styles.runs} aria-label="Publishing">
      {runs.toReversed().map((run) => (
        <RunLine key={run.id} run={run} />
      ))}
    </ul>
  );
}

function RunLine({ run }: { readonly run: PublishRun }): ReactElement {
  const { id, topic, fileName, state, sent, total } = run;
  const running = state === 'running';
  return (
    <li className={styles.run} data-state={state}>
      <span className={styles.runTopic} title={topic}>
        {topic}
        {fileName !== null && <span className={styles.runFile}> · {fileName}</span>}
      </span>
      <span className={styles.runState} title={running ? undefined : runOutcome(run)}>
        {running ? runProgress(run) : runOutcome(run)}
      </span>
      {running && total !== null && (
        <span className={styles.runBar}>
          <ProgressBar label={`Published to ${topic}`} value={sent / total} />
        </span>
      )}
      {running ? (
        <IconButton
          size="small"
          label={`Stop publishing to ${topic}`}
          icon={<Square size={13} aria-hidden />}
          onClick={() => void act(engineClient().call('publishing.stop', { id }), 'It could not be stopped')}
        />
      ) : (
        <IconButton
          size="small"
          label={`Take ${topic} off the list`}
          icon={<X size={14} aria-hidden />}
          onClick={() => void act(engineClient().call('publishing.dismiss', { id }), 'It could not be taken off')}
        />
      )}
    </li>
  );
}
