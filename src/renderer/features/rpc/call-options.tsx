import type { ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { RpcNode } from '../../../shared/contract/rpc-nodes.ts';
import { useStreamValue } from '../../data/index.ts';
import { NumberField } from '../../ui/number-field.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { takesHeaders, type CallDraft, type DraftProblems } from './call-draft.ts';
import { HeadersButton } from './headers-button.tsx';
import styles from './call-builder.module.css';

interface CallOptionsProps {
  readonly source: SourceId;
  readonly draft: CallDraft;
  readonly problems: DraftProblems;
  readonly onChange: (change: Partial<Pick<CallDraft, 'timeoutMs' | 'replyTo' | 'callerId' | 'headers' | 'node'>>) => void;
}

/** What most calls leave as it is: who calls, how long to wait, where the answer goes, and what goes with the request. */
export function CallOptions({ source, draft, problems, onChange }: CallOptionsProps): ReactElement {
  const nodes = useStreamValue('rpcNodes.watch', undefined)?.nodes.filter((node) => node.source === source) ?? [];
  const node = nodes.find(({ id }) => id === draft.node);
  return (
    <div className={styles.options}>
      {(nodes.length > 0 || draft.node !== '') && <NodeChoice nodes={nodes} chosen={draft.node} onChange={onChange} />}
      <NumberField
        className={styles.timeout}
        label="Time-out"
        unit="s"
        min={0}
        max={86_400}
        size="small"
        placeholder={node ? String(node.timeoutMs / 1000) : ''}
        value={draft.timeoutMs === null ? null : draft.timeoutMs / 1000}
        onChange={(seconds) => onChange({ timeoutMs: seconds === null ? null : Math.round(seconds * 1000) })}
        error={problems.timeout}
      />
      <TextField
        className={styles.option}
        label="Reply topic"
        mono
        size="small"
        value={draft.replyTo}
        onChange={(replyTo) => onChange({ replyTo })}
        error={problems.replyTo}
        placeholder={node ? 'as the node has it' : 'chosen by the workbench'}
      />
      <TextField
        className={styles.option}
        label="Caller id"
        mono
        size="small"
        maxLength={1000}
        value={draft.callerId}
        onChange={(callerId) => onChange({ callerId })}
        error={problems.callerId}
        placeholder="the client id"
      />
      {takesHeaders(draft.dialect) && <HeadersButton headers={draft.headers} onChange={(headers) => onChange({ headers })} error={problems.headers} />}
    </div>
  );
}

/** A value no node has as its id. */
const workbench = '/';

/** The workbench calls as itself, or as one of the RPC nodes of the source. */
function NodeChoice({
  nodes,
  chosen,
  onChange,
}: {
  readonly nodes: readonly RpcNode[];
  readonly chosen: string;
  readonly onChange: CallOptionsProps['onChange'];
}): ReactElement {
  const statuses = useStreamValue('rpcNodes.statuses', undefined)?.statuses ?? [];
  const runs = (id: string): boolean => statuses.find((status) => status.id === id)?.phase === 'running';
  const options = nodes.map(({ id, name }) => ({ value: id, label: name, detail: runs(id) ? 'node' : 'node, does not run' }));
  const gone = chosen !== '' && !nodes.some(({ id }) => id === chosen);
  return (
    <Select
      className={styles.option}
      size="small"
      label="Call as"
      value={chosen === '' ? workbench : chosen}
      // The time-out of a node is used unless one is written.
      onChange={(id) => onChange(id === workbench ? { node: '', timeoutMs: 30_000 } : { node: id, timeoutMs: null })}
      error={gone ? 'This node is gone.' : undefined}
      options={[{ value: workbench, label: 'This workbench' }, ...options, ...(gone ? [{ value: chosen, label: chosen, disabled: true }] : [])]}
    />
  );
}
