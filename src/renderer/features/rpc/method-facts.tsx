import { Pin } from 'lucide-react';
import type { ReactElement } from 'react';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { RpcMethodDetail } from '../../../shared/contract/rpc.ts';
import { engineClient } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { act, formatCount, plural } from '../common/index.ts';
import type { CallTarget } from './call-draft.ts';
import { LatencyBars } from './latency-bars.tsx';
import { paramsText } from './params-form.ts';
import { rpcStore } from './rpc-model.ts';
import { useDialectWords } from './own-dialects.ts';
import { formatMs } from './rpc-words.ts';
import { SchemaSection } from './schema-section.tsx';
import styles from './method-facts.module.css';

interface MethodFactsProps {
  readonly source: SourceId;
  readonly target: CallTarget;
  /** `null` before anything is known of the method. */
  readonly detail: RpcMethodDetail | null;
}

type Example = RpcMethodDetail['examples'][number];

async function pin(id: RpcMethodDetail['id'], example: Omit<Example, 'pinned'>, pinned: boolean): Promise<void> {
  type PinInput = InputOf<EngineContract['rpcSchemas.pin']>;
  await act(
    engineClient().call('rpcSchemas.pin', { ...id, example: example as PinInput['example'], pinned }),
    pinned ? 'The example could not be pinned' : 'The example could not be unpinned',
  );
}

/** What watching has taught about a method: calls, times, examples, callers, and the shape of params and results. */
export function MethodFacts({ source, target, detail }: MethodFactsProps): ReactElement {
  const { name } = useDialectWords();
  if (!detail) {
    return (
      <p className={styles.nothing}>
        {target.method === ''
          ? 'Choose a method in the tree, or write one.'
          : `Nothing is known of “${target.method}” yet. Call it, or wait until someone else does.`}
      </p>
    );
  }
  const {
    id,
    calls,
    succeeded,
    failed,
    timedOut,
    latency,
    examples,
    callers,
    paramsSchema,
    resultSchema,
    paramsOrigin,
    resultOrigin,
    paramsLock,
    resultLock,
    addedByHand,
    description,
  } = detail;
  return (
    <div className={styles.facts}>
      {description !== '' && <p className={styles.description}>{description}</p>}
      <KeyValueTable
        compact
        label="Method"
        rows={[
          { key: 'Method', value: id.method, mono: true },
          { key: 'Topic', value: id.topic, mono: true },
          { key: 'Dialect', value: name(id.dialect) },
          { key: 'Calls', value: calls === 0 && addedByHand ? 'none; added by hand' : formatCount(calls) },
          { key: 'Succeeded', value: formatCount(succeeded) },
          ...(failed > 0 ? [{ key: 'Failed', value: <Badge tone="bad">{formatCount(failed)}</Badge> }] : []),
          ...(timedOut > 0 ? [{ key: 'Timed out', value: <Badge tone="bad">{formatCount(timedOut)}</Badge> }] : []),
        ]}
      />
      {examples.length > 0 && (
        <Section title="Examples" note="Click one to take over its params.">
          <ul className={styles.examples} aria-label="Examples">
            {examples.map(({ params, result, error, pinned = false }, at) => (
              // Examples have no identity, and the newest comes first.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={at} className={styles.exampleLine}>
                <button type="button" className={styles.example} onClick={() => rpcStore().edit(source, { params: paramsText(params) })}>
                  <code>{params === null ? 'no params' : JSON.stringify(params)}</code>
                  {error !== undefined ? (
                    <span className={styles.bad}>{error}</span>
                  ) : (
                    result !== undefined && <code className={styles.result}>→ {JSON.stringify(result)}</code>
                  )}
                </button>
                <IconButton
                  size="small"
                  label={pinned ? 'Unpin the example' : 'Pin the example'}
                  pressed={pinned}
                  icon={<Pin size={13} aria-hidden />}
                  onClick={() => void pin(id, { params, ...(result === undefined ? {} : { result }), ...(error === undefined ? {} : { error }) }, !pinned)}
                />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <SchemaSection id={id} of="params" schema={paramsSchema} origin={paramsOrigin} lock={paramsLock} />
      <SchemaSection id={id} of="result" schema={resultSchema} origin={resultOrigin} lock={resultLock} />
      {latency && (
        <Section title="Time to the answer">
          <dl className={styles.percentiles}>
            {(
              [
                ['Median', latency.p50Ms],
                ['95 %', latency.p95Ms],
                ['99 %', latency.p99Ms],
                ['Longest', latency.maxMs],
              ] as const
            ).map(([label, ms]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{formatMs(ms)}</dd>
              </div>
            ))}
          </dl>
          <LatencyBars latency={latency} />
        </Section>
      )}
      {callers.length > 0 && (
        <Section title="Last callers" note="Callers name themselves; nobody checks it.">
          <ul className={styles.callers}>
            {callers.map(({ callerId, calls: count, lastAt }) => (
              <li key={callerId}>
                <span className={styles.caller} title={callerId} data-selectable>
                  {callerId === '' ? <i>no name</i> : callerId}
                </span>
                <span className={styles.callerFacts}>
                  {plural(count, 'call')}, <RelativeTime timeMs={lastAt} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

function Section({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactElement | readonly ReactElement[];
}): ReactElement {
  return (
    <section className={styles.section}>
      <h3 className={styles.title}>{title}</h3>
      {note !== undefined && <p className={styles.note}>{note}</p>}
      {children}
    </section>
  );
}
