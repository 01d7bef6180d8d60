import { Group, Square, X } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useCommands } from '../../app/commands.ts';
import type { BatchStatus } from '../../../shared/contract/rpc-batches.ts';
import { engineClient } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Select } from '../../ui/select.tsx';
import { PanelTitle, Toolbar } from '../../ui/toolbar.tsx';
import { act, formatCount, type SourceOption } from '../common/index.ts';
import { hasVariables } from '../environments/index.ts';
import { batchOption, batchTitle, capital, endedCalls, formatRate, isOver, outcomeOrder, phaseWords } from './batch-words.ts';
import { useBatchUi } from './batch-ui.ts';
import { formatMs, stateWords } from './rpc-words.ts';
import styles from './batch.module.css';

interface BatchHeadProps {
  readonly source: SourceOption;
  readonly status: BatchStatus;
  /** The engine does not know it any more. */
  readonly lost: boolean;
  /** All of this kind that the engine remembers, the newest first. */
  readonly batches: readonly BatchStatus[];
  /** More controls. */
  readonly actions?: ReactNode;
}

/** What is under way, how far it has come, and how it ended. */
export function BatchHead({ source, status, lost, batches, actions }: BatchHeadProps): ReactElement {
  const { store, words, command, showGroup } = useBatchUi();
  const running = !isOver(status) && !lost;
  const cancel = async (): Promise<void> => {
    await act(engineClient().call('rpcBatches.cancel', { id: status.id }), `The ${words.call}s could not be cancelled`);
  };
  const remove = async (): Promise<void> => {
    const removed = lost || (await act(engineClient().call('rpcBatches.remove', { id: status.id }), 'The result could not be removed'));
    if (removed) store.show(source.id, status.kind, null);
  };
  useCommands([{ ...command, title: `Cancel the ${words.call}s`, when: () => running, run: cancel }]);
  const { label, tone, meaning } =
    lost && !isOver(status) ? { label: 'Lost', tone: 'bad' as const, meaning: 'The engine was restarted.' } : phaseWords(status.phase);
  const ended = endedCalls(status);
  return (
    <>
      <Toolbar
        label={`${capital(words.call)}s of the batch`}
        className={styles.toolbar ?? ''}
        end={
          <>
            {batches.length > 1 && (
              <Select
                className={styles.choice}
                size="small"
                label="Shown batch"
                labelHidden
                value={status.id}
                onChange={(id) => store.show(source.id, status.kind, id)}
                options={batches.map((batch) => ({ value: batch.id, label: batchOption(batch, words) }))}
              />
            )}
            {showGroup && status.correlationId !== null && !hasVariables([status.correlationId]) && (
              <Button
                size="small"
                icon={<Group size={13} aria-hidden />}
                title={`Correlation id ${status.correlationId}`}
                onClick={() => showGroup(source.id, status.correlationId as string)}
              >
                Show as a group
              </Button>
            )}
            {actions}
            {running ? (
              <Button size="small" icon={<Square size={12} aria-hidden />} onClick={() => void cancel()}>
                Cancel
              </Button>
            ) : (
              <IconButton size="small" label="Forget this result" icon={<X size={14} aria-hidden />} onClick={() => void remove()} />
            )}
          </>
        }
      >
        <PanelTitle>{batchTitle(status, words)}</PanelTitle>
        <span role="status" className={styles.phase}>
          <Badge tone={tone} title={meaning}>
            {label}
          </Badge>
        </span>
      </Toolbar>
      <div className={styles.progress}>
        <ProgressBar
          label={`${capital(words.call)}s that have ended`}
          value={ended / status.total}
          tone={status.phase === 'failed' || lost ? 'bad' : 'accent'}
        />
        <span className={styles.figures}>
          <span>
            {formatCount(ended)} of {formatCount(status.total)}
          </span>
          {outcomeOrder.map((outcome) => {
            const count = status.outcomes[outcome];
            return count === 0 ? null : (
              <Badge key={outcome} tone={stateWords(outcome).tone} title={stateWords(outcome).meaning}>
                {`${formatCount(count)} ${stateWords(outcome).label}`}
              </Badge>
            );
          })}
          {running && <span>{formatCount(status.pending)} under way</span>}
          <span>{formatMs(status.elapsedMs)}</span>
          {status.environment !== null && (
            <span
              className={styles.environment}
              title="Variables are filled in from this environment, as it is when the calls are made, also when they are made again."
            >
              variables of {status.environment.name}
            </span>
          )}
          {status.callsPerSecond > 0 && <span title={isOver(status) ? 'On average' : 'In the last second'}>{formatRate(status.callsPerSecond, words)}</span>}
        </span>
      </div>
      {lost && !isOver(status) && (
        <Banner kind="bad" title={`The engine was restarted while these ${words.call}s were made`}>
          {`${formatCount(ended)} of ${formatCount(status.total)} had ended when it was last heard of. ${capital(words.peer)}s may have carried out more.`}
        </Banner>
      )}
      {status.problem && (
        <Banner kind="bad" title={status.problem.message}>
          {status.problem.advice}
        </Banner>
      )}
    </>
  );
}
