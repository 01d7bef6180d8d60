import { ArrowDown, ArrowUp, PencilLine, Plus, X } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { formatCount, plural, type SourceOption } from '../../common/index.ts';
import { PlanFields, useBatch, type CallMode } from '../../rpc/index.ts';
import { roomForLines, type BatchLine, type BatchProblems } from './batch-plan.ts';
import { coapStore, useCoapSource } from './coap-model.ts';
import styles from './batch-fields.module.css';

interface BatchFieldsProps {
  readonly source: SourceOption;
  readonly mode: Exclude<CallMode, 'once'>;
  readonly problems: BatchProblems;
}

/** How many requests, how fast, and whether they belong together. */
export function BatchFields({ source, mode, problems }: BatchFieldsProps): ReactElement {
  const store = coapStore();
  const plan = useBatch(source.id, (state) => state.plan);
  const { share, draft } = useCoapSource(source.id, (state) => state);
  return (
    <PlanFields mode={mode} plan={plan} problems={problems} onChange={(change) => store.batches.edit(source.id, change)}>
      <Checkbox
        label="One correlation id for all"
        checked={share || draft.correlationId !== ''}
        disabled={draft.correlationId !== ''}
        onChange={(next) => store.setShare(source.id, next)}
      />
    </PlanFields>
  );
}

interface BatchLinesProps {
  readonly source: SourceOption;
  readonly problem: string | undefined;
  /** What stands in the builder is whole. */
  readonly canAdd: boolean;
}

/** The requests of a batch in their order. */
export function BatchLines({ source, problem, canAdd }: BatchLinesProps): ReactElement {
  const store = coapStore();
  const lines = useCoapSource(source.id, (state) => state.lines);
  const problemId = useId();
  const full = lines.length >= roomForLines;
  return (
    <div className={styles.lines} role="group" aria-label="Requests of the batch" aria-describedby={problem === undefined ? undefined : problemId}>
      <div className={styles.head}>
        <span className={styles.count} role="status">
          {lines.length === 0 ? 'No requests in the batch yet' : `${plural(lines.length, 'request')} in the batch${full ? ', which is the most' : ''}`}
        </span>
        <Button size="small" icon={<Plus size={13} aria-hidden />} disabled={!canAdd || full} onClick={() => store.addLine(source.id)}>
          Add this request
        </Button>
        {lines.length > 0 && (
          <Button size="small" onClick={() => store.clearLines(source.id)}>
            Remove all
          </Button>
        )}
      </div>
      {lines.length > 0 && (
        <ol className={styles.list}>
          {lines.map((line, at) => (
            <Line key={line.key} source={source} line={line} at={at} last={at === lines.length - 1} />
          ))}
        </ol>
      )}
      {problem !== undefined && (
        <p id={problemId} className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Line({
  source,
  line,
  at,
  last,
}: {
  readonly source: SourceOption;
  readonly line: BatchLine;
  readonly at: number;
  readonly last: boolean;
}): ReactElement {
  const store = coapStore();
  const { key, method, path, target, subsystem, body } = line;
  const name = `request ${at + 1}`;
  return (
    <li className={styles.line}>
      <span className={styles.number}>{formatCount(at + 1)}</span>
      <code className={styles.what} title={`${method} ${path}`}>
        {method} {path}
      </code>
      <span className={styles.device} title={`${target} · ${subsystem}`}>
        {target} · {subsystem}
      </span>
      <code className={styles.bodyText} title={body.slice(0, 500)}>
        {body.slice(0, 200)}
      </code>
      <IconButton
        size="small"
        label={`Move ${name} up`}
        icon={<ArrowUp size={13} aria-hidden />}
        disabled={at === 0}
        onClick={() => store.moveLine(source.id, key, -1)}
      />
      <IconButton
        size="small"
        label={`Move ${name} down`}
        icon={<ArrowDown size={13} aria-hidden />}
        disabled={last}
        onClick={() => store.moveLine(source.id, key, 1)}
      />
      <IconButton
        size="small"
        label={`Take ${name} back to the builder`}
        icon={<PencilLine size={13} aria-hidden />}
        onClick={() => store.takeLine(source.id, key)}
      />
      <IconButton size="small" label={`Remove ${name}`} icon={<X size={13} aria-hidden />} onClick={() => store.removeLine(source.id, key)} />
    </li>
  );
}
