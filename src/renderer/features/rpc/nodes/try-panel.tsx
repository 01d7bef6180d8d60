import { FlaskConical } from 'lucide-react';
import { useCallback, useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { EngineContract } from '../../../../shared/contract/index.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import type { OutputOf } from '../../../../shared/ipc/contract.ts';
import { engineClient, toCodedError } from '../../../data/index.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { readParams } from '../params-form.ts';
import { formatMs } from '../rpc-words.ts';
import { readAnswer, type MethodDraft } from './method-draft.ts';
import styles from './methods.module.css';

type Tried = OutputOf<EngineContract['rpcNodes.tryAnswer']>;
type Outcome = { readonly tried: Tried } | { readonly problem: string; readonly advice?: string | undefined };

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
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  const read = readParams(params);
  const problem = 'problem' in read ? read.problem : undefined;
  const errorId = useId();

  const run = useCallback(async (): Promise<void> => {
    const answer = readAnswer(draft);
    const given = readParams(params);
    if ('problem' in given) return;
    running.current?.abort();
    if ('problem' in answer) return setOutcome({ problem: answer.problem });
    const controller = new AbortController();
    running.current = controller;
    setBusy(true);
    try {
      const request = { method: draft.name, params: given.value as never, callerId };
      const tried = await engineClient().call('rpcNodes.tryAnswer', { id: node.id, answer: answer.answer, request }, { signal: controller.signal });
      if (running.current === controller) setOutcome({ tried });
    } catch (error) {
      const { code, message, advice } = toCodedError(error);
      if (running.current === controller && code !== 'cancelled') setOutcome({ problem: message, advice });
    } finally {
      if (running.current === controller) {
        running.current = null;
        setBusy(false);
      }
    }
  }, [node.id, draft, params, callerId]);
  const cancel = (): void => running.current?.abort();
  useEffect(() => () => running.current?.abort(), []);
  const live = draft.kind === 'template';
  useEffect(() => {
    if (!live) return undefined;
    const timer = setTimeout(() => void run(), previewMs);
    return () => clearTimeout(timer);
  }, [live, run]);
  // What another kind of answer came to says nothing about this one.
  useEffect(() => setOutcome(null), [draft.kind]);
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
    <section className={styles.try} aria-label="Try it">
      <div className={styles.trySide}>
        <div className={styles.tryHead}>
          <span className={styles.label}>Try it with params</span>
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
          {busy && !live ? (
            <Button size="small" onClick={cancel}>
              Cancel
            </Button>
          ) : (
            <Tooltip text="Work the answer out without MQTT" shortcut="Mod+Shift+Enter">
              <Button size="small" icon={<FlaskConical size={13} aria-hidden />} disabled={problem !== undefined} onClick={() => void run()}>
                Try it
              </Button>
            </Tooltip>
          )}
        </div>
        <div className={styles.code} data-invalid={problem === undefined ? undefined : true} role="group" aria-label="Params to try" aria-describedby={errorId}>
          <CodeView label="Params to try; empty stands for none" value={params} language="json" onChange={setParams} gutter={false} />
        </div>
        <p id={errorId} className={styles.error} role="status">
          {problem}
        </p>
      </div>
      <div className={styles.trySide} aria-live="polite">
        <Shown outcome={outcome} busy={busy && !live} />
      </div>
    </section>
  );
}

const placeWords = ({ line, column }: { readonly line: number; readonly column: number | null }): string =>
  column === null ? `line ${line}` : `line ${line}, column ${column}`;

function Shown({ outcome, busy }: { readonly outcome: Outcome | null; readonly busy: boolean }): ReactElement {
  if (busy) return <p className={styles.tryNote}>Working it out …</p>;
  if (!outcome) return <p className={styles.tryNote}>The answer stands here. Nothing is sent, and faults are left out.</p>;
  if ('problem' in outcome) {
    return (
      <Banner inset kind="bad" title={outcome.problem}>
        {outcome.advice}
      </Banner>
    );
  }
  const { tried } = outcome;
  return (
    <>
      <div className={styles.tryHead}>
        <span className={styles.label}>{'error' in tried.outcome ? 'Error' : 'Result'}</span>
        {'error' in tried.outcome && tried.outcome.place && <Badge tone="bad">{placeWords(tried.outcome.place)}</Badge>}
        <span className={styles.note}>{formatMs(tried.elapsedMs)}</span>
      </div>
      {'error' in tried.outcome ? (
        <pre className={styles.tryError} data-selectable tabIndex={0} aria-label="Error of the try">
          {tried.outcome.error}
        </pre>
      ) : (
        <div className={styles.code}>
          <CodeView label="Result of the try" value={JSON.stringify(tried.outcome.result, null, 2)} language="json" gutter={false} />
        </div>
      )}
      {tried.console.length > 0 && (
        <ul className={styles.console} aria-label="Console" tabIndex={0}>
          {tried.console.map((line, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- lines of one run, which never change
            <li key={at} data-level={line.level}>
              {line.text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
