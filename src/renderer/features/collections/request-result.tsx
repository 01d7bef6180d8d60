import type { ReactElement } from 'react';
import type { CollectionEntry, RunResult } from '../../../shared/contract/collections.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { plural, type SourceOption } from '../common/index.ts';
import { CoapAnswer } from '../coap/index.ts';
import { AnswerPanel, formatMs } from '../rpc/index.ts';
import { CheckLine } from './check-line.tsx';
import { collectionsStore, useCollectionsState } from './collections-model.ts';
import type { LastResult, ResultTab } from './collections-store.ts';
import type { RunModel } from './run-model.ts';
import checks from './checks.module.css';
import styles from './request.module.css';

interface RequestResultProps {
  readonly entry: CollectionEntry;
  readonly run: RunModel | undefined;
  readonly last: LastResult | undefined;
  readonly source: SourceOption;
}

/** What came of a request when it ran last: its checks, and the answer as everywhere else. */
export function RequestResult({ entry, run, last, source }: RequestResultProps): ReactElement {
  const tab = useCollectionsState((state) => state.resultTab);
  if (run?.active) {
    return (
      <div className={styles.center} role="status">
        <Spinner />
        <span>Waiting for the answer</span>
      </div>
    );
  }
  if (run?.phase === 'broken' && run.error) {
    return (
      <Banner kind="bad" title={run.error.message}>
        {run.error.advice}
      </Banner>
    );
  }
  if (run?.phase === 'cancelled' && (!last || last.at < run.startedAt)) {
    return <EmptyState compact title="Cancelled" text="The peer is not told and may carry the call out all the same." />;
  }
  if (!last) {
    return (
      <EmptyState
        compact
        title="Not run yet"
        text={
          entry.request?.kind === 'coap'
            ? 'Run it: what has to be true is checked, and the response stands here.'
            : source.live
              ? `Run it over ${source.name}: what has to be true is checked, and the answer stands here.`
              : `${source.name} is ${source.state}: nothing can be run.`
        }
      />
    );
  }
  const { result, at } = last;
  const passed = result.assertions.filter((one) => one.passed).length;
  return (
    <section className={styles.result} aria-label="Result">
      <Tabs<ResultTab>
        label="Result"
        value={tab}
        onChange={(next) => collectionsStore().showResult(next)}
        actions={
          <span className={styles.resultState} role="status">
            <Badge tone={result.state === 'passed' ? 'ok' : 'bad'}>{result.state === 'passed' ? 'Passed' : 'Failed'}</Badge>
            {result.elapsedMs !== null && <span>{formatMs(result.elapsedMs)}</span>}
            <RelativeTime timeMs={at} />
          </span>
        }
        tabs={[
          {
            value: 'checks',
            label: 'Assertions',
            badge: <span className={styles.tabCount} data-bad={passed < result.assertions.length || undefined}>{`${passed}/${result.assertions.length}`}</span>,
            content: (
              <div className={styles.scroll} tabIndex={0} role="group" aria-label="Assertions">
                <ResultDetails result={result} />
              </div>
            ),
          },
          {
            value: 'answer',
            label: 'Answer',
            disabled: result.callId === null && result.coapId === null,
            content: <Answer result={result} source={source} />,
          },
        ]}
      />
      <span className="visually-hidden">{`${entry.name}: ${plural(passed, 'assertion')} of ${result.assertions.length} passed`}</span>
    </section>
  );
}

function Answer({ result: { callId, coapId }, source }: { readonly result: RunResult; readonly source: SourceOption }): ReactElement | null {
  if (coapId !== null) return <CoapAnswer id={coapId} />;
  return callId === null ? null : <AnswerPanel source={source} id={callId} place="run" />;
}

/** Why it was not sent, every check, and what captures and the script left behind. */
export function ResultDetails({ result }: { readonly result: RunResult }): ReactElement {
  const { problem, assertions, captured, log } = result;
  const failedFirst = assertions.toSorted((one, other) => Number(one.passed) - Number(other.passed));
  return (
    <div className={styles.details}>
      {problem && (
        <Banner inset kind="bad" title={problem.line === undefined ? problem.message : `Script, line ${problem.line}: ${problem.message}`}>
          {problem.advice}
        </Banner>
      )}
      {assertions.length > 0 && (
        <ul className={checks.checks} aria-label="Results of the assertions">
          {failedFirst.map((check, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- labels may repeat, and the list never changes
            <CheckLine key={at} check={check} />
          ))}
        </ul>
      )}
      {captured.length > 0 && (
        <dl className={styles.captured} aria-label="Captured">
          {captured.map(({ name, value }) => (
            <div key={name}>
              <dt>{`{{${name}}}`}</dt>
              <dd data-selectable>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {log.length > 0 && (
        <pre className={styles.log} aria-label="Console of the script" data-selectable tabIndex={0} role="group">
          {log.map(({ level, text }) => (level === 'log' ? text : `${level}: ${text}`)).join('\n')}
        </pre>
      )}
    </div>
  );
}
