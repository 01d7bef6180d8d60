import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { EngineContract } from '../../../../shared/contract/index.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import type { OutputOf } from '../../../../shared/ipc/contract.ts';
import { engineClient } from '../../../data/index.ts';
import { TextField } from '../../../ui/text-field.tsx';
import { useAttempt } from '../../common/index.ts';
import { readParams } from '../params-form.ts';
import { readAnswer, type MethodDraft } from './method-draft.ts';
import { Tried, TriedValue, TryFrame } from './try-frame.tsx';
import styles from './methods.module.css';

type TriedAnswer = OutputOf<EngineContract['rpcNodes.tryAnswer']>;

/** A template is worked out again so long after the last change. */
const previewMs = 300;

interface TryPanelProps {
  readonly node: RpcNode;
  readonly draft: MethodDraft;
}

/** Works the answer out as it is written, without MQTT: params in, result, console and time out. A template shows its result while it is typed. */
export function TryPanel({ node, draft }: TryPanelProps): ReactElement {
  const [params, setParams] = useState('');
  const [callerId, setCallerId] = useState('');
  const { outcome, busy, begin, cancel, forget } = useAttempt<TriedAnswer>();
  const read = readParams(params);

  const run = useCallback(async (): Promise<void> => {
    const given = readParams(params);
    if ('problem' in given) return;
    const read = readAnswer(draft);
    if ('problem' in read) return begin({ problem: read.problem });
    const request = { method: draft.name, params: given.value as never, callerId };
    await begin((signal) => engineClient().call('rpcNodes.tryAnswer', { id: node.id, answer: read.answer, request }, { signal }));
  }, [node.id, draft, params, callerId, begin]);
  const live = draft.kind === 'template';
  useEffect(() => {
    if (!live) return undefined;
    const timer = setTimeout(() => void run(), previewMs);
    return () => clearTimeout(timer);
  }, [live, run]);
  // What another kind of answer came to says nothing about this one.
  useEffect(forget, [draft.kind, forget]);
  useCommands([
    {
      id: 'rpc.tryAnswer',
      title: 'Try the answer of the method',
      group: 'RPC',
      place: 'rpc',
      view: 'nodes',
      shortcut: 'Mod+Shift+Enter',
      keywords: 'run script',
      run,
    },
  ]);

  return (
    <TryFrame
      given="Params"
      text={params}
      onText={setParams}
      problem={'problem' in read ? read.problem : undefined}
      fields={
        <TextField
          className={styles.tryCaller}
          label="Caller id"
          labelHidden
          size="small"
          mono
          placeholder="caller id"
          maxLength={1000}
          value={callerId}
          onChange={setCallerId}
        />
      }
      tooltip="Work the answer out without MQTT"
      busy={busy && !live}
      onRun={() => void run()}
      onCancel={cancel}
    >
      <Tried outcome={outcome} busy={busy && !live} note="The answer stands here. Nothing is sent, and faults are left out." show={showTried} />
    </TryFrame>
  );
}

function showTried({ outcome, elapsedMs, console }: TriedAnswer): ReactElement {
  const isError = 'error' in outcome;
  return (
    <TriedValue
      title={<span className={styles.label}>{isError ? 'Error' : 'Result'}</span>}
      elapsedMs={elapsedMs}
      value={isError ? { error: outcome.error } : { json: JSON.stringify(outcome.result, null, 2) }}
      place={isError ? outcome.place : null}
      console={console}
    />
  );
}
