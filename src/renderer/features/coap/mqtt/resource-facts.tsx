import type { ReactElement } from 'react';
import type { RpcMethodDetail } from '../../../../shared/contract/rpc.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { formatCount } from '../../common/index.ts';
import { formatMs } from '../../rpc/index.ts';
import styles from './coap.module.css';

/** Counts, times and the last bodies of one resource and method. */
export function ResourceFacts({ detail }: { readonly detail: RpcMethodDetail | null }): ReactElement {
  if (!detail || detail.calls === 0) {
    return <EmptyState compact title="Nothing is known yet" text="Choose a resource in the tree, or send a request: what was seen of it stands here." />;
  }
  const { calls, succeeded, failed, timedOut, latency, examples, callers } = detail;
  const last = examples.find(({ result, error }) => result !== undefined || error !== undefined);
  return (
    <div className={styles.facts}>
      <KeyValueTable
        compact
        label="Requests seen"
        rows={[
          { key: 'Requests', value: formatCount(calls) },
          { key: 'Succeeded', value: formatCount(succeeded) },
          { key: 'Failed', value: formatCount(failed) },
          { key: 'No response', value: formatCount(timedOut) },
          ...(latency
            ? [
                { key: 'Median', value: formatMs(latency.p50Ms) },
                { key: '95 %', value: formatMs(latency.p95Ms) },
                { key: 'Longest', value: formatMs(latency.maxMs) },
              ]
            : []),
        ]}
      />
      {last && (
        <>
          <h3>{last.error === undefined ? 'Last body of a response' : 'Last error'}</h3>
          <pre className={styles.body} tabIndex={0} aria-label="Last body" data-selectable>
            {last.error ?? JSON.stringify(last.result, null, 2)}
          </pre>
        </>
      )}
      {callers.length > 0 && (
        <>
          <h3>Asked by</h3>
          <KeyValueTable compact label="Callers" rows={callers.map(({ callerId, calls: count }) => ({ key: callerId, value: formatCount(count) }))} />
        </>
      )}
    </div>
  );
}
