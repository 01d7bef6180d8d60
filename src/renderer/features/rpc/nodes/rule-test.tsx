import { useEffect, useState, type ReactElement } from 'react';
import type { EngineContract } from '../../../../shared/contract/index.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import type { OutputOf } from '../../../../shared/ipc/contract.ts';
import { engineClient, toCodedError } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { readParams } from '../params-form.ts';
import styles from './rules.module.css';

type Verdict = OutputOf<EngineContract['rpcNodes.testRules']>;

interface RuleTestProps {
  readonly node: RpcNode;
  /** The rule that decided the last test; `null` when none did, or nothing was tested. */
  readonly onDecided: (ruleId: string | null) => void;
}

/** Would this call be allowed, and which rule says so? */
export function RuleTest({ node, onDecided }: RuleTestProps): ReactElement {
  const [callerId, setCallerId] = useState('');
  const [method, setMethod] = useState('');
  const [topic, setTopic] = useState('');
  const [params, setParams] = useState('');
  const [busy, setBusy] = useState(false);
  const [verdict, setVerdict] = useState<Verdict | { readonly problem: string } | null>(null);
  const read = readParams(params);
  // What was found for other rules, or another call, is not true of these.
  useEffect(() => {
    setVerdict(null);
    onDecided(null);
  }, [node.rules, callerId, method, topic, params, onDecided]);
  const test = async (): Promise<void> => {
    if ('problem' in read) return;
    setBusy(true);
    try {
      const asked = { rules: [...node.rules], callerId, method, topic: topic === '' ? node.topic : topic, params: read.value as never };
      const found = await engineClient().call('rpcNodes.testRules', asked);
      setVerdict(found);
      onDecided(found.ruleId);
    } catch (error) {
      setVerdict({ problem: toCodedError(error).message });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.test}
      aria-label="Test the rules"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void test();
      }}
    >
      <h3 className={styles.testTitle}>Would this call be allowed?</h3>
      <div className={styles.testFields}>
        <TextField label="Caller id" mono size="small" value={callerId} onChange={setCallerId} maxLength={1000} placeholder="none" />
        <TextField label="Method" mono size="small" value={method} onChange={setMethod} maxLength={1000} placeholder="get_status" />
        <TextField label="Topic" mono size="small" value={topic} onChange={setTopic} placeholder={node.topic} />
        <TextField
          label="Params, as JSON"
          mono
          size="small"
          value={params}
          onChange={setParams}
          error={'problem' in read ? read.problem : undefined}
          placeholder="none"
        />
      </div>
      <Button type="submit" size="small" busy={busy} disabled={'problem' in read}>
        Test
      </Button>
      <div className={styles.verdict} role="status">
        {verdict && ('problem' in verdict ? <Banner inset kind="bad" title={verdict.problem} /> : <Told verdict={verdict} />)}
      </div>
    </form>
  );
}

function Told({ verdict }: { readonly verdict: Verdict }): ReactElement {
  return (
    <Banner inset kind={verdict.allowed ? 'ok' : 'bad'} title={verdict.allowed ? 'Allowed' : 'Denied'}>
      {verdict.reason}
    </Banner>
  );
}
