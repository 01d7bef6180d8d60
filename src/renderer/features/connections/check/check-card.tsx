import { ShieldCheck, Square, Stethoscope } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, type ReactElement } from 'react';
import type { Problem } from '../../../../shared/contract/common.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { Card, CopyButton } from '../../common/index.ts';
import { CertificateChain } from './certificate-chain.tsx';
import { cancelCheck, setProbe, startCheck, useCheck, type CheckInput } from './check-model.ts';
import { CheckStepRow } from './check-step-row.tsx';
import { canBeTrusted, certificateName, checkSummary, checkText } from './check-words.ts';
import styles from './check.module.css';

/** The broker said why itself: asking once more only counts as one more wrong attempt. */
const toldByBroker = new Set([
  ...['bad-credentials', 'not-authorised', 'bad-auth-method', 'authentication-failed', 'client-id-rejected', 'wrong-protocol-version'],
  ...['taken-over', 'broker-unavailable', 'refused-by-broker', 'use-another-server', 'connection-lost', 'keep-alive-lost', 'invalid-uri', 'queue-discarded'],
]);

interface CheckCardProps {
  readonly id: string;
  /** The profile as it is written now; `null` while it cannot be saved. */
  readonly input: CheckInput | null;
  /** Keeps a fingerprint (SHA-256) as trusted in the profile; `null`: there is none yet that could. */
  readonly onTrust: ((fingerprint: string) => void) | null;
  /** Why the connection could not be made; a way that does not lead to the broker is then checked by itself. */
  readonly failure: Problem | null;
}

/** The way to the broker, step by step: what works, what does not, and what to do about it. */
export function CheckCard({ id, input, onTrust, failure }: CheckCardProps): ReactElement {
  const { check, running, error, probe } = useCheck(id);
  const reason = failure && !toldByBroker.has(failure.code) ? failure.message : null;
  const start = useEffectEvent(() => {
    if (input && !running) startCheck(input);
  });
  const checked = useRef(reason);
  useEffect(() => {
    if (reason !== null && reason !== checked.current) start();
    checked.current = reason;
  }, [reason]);
  const summary = check && checkSummary(check);
  const [own] = check?.certificates ?? [];
  const trust = async (): Promise<void> => {
    if (!own) return;
    const agreed = await confirm({
      title: `Trust the certificate of “${certificateName(own)}”?`,
      text: (
        <>
          This connection then accepts exactly this certificate, whoever signed it and whatever names are in it. Compare its fingerprint with whoever runs the
          broker first: <code>{own.sha256}</code>
        </>
      ),
      action: 'Trust it',
    });
    if (agreed) onTrust?.(own.sha256);
  };
  return (
    <Card
      title="Check"
      actions={
        <>
          {check && !running && <CopyButton text={() => checkText(check)} label="Copy the check as text" />}
          {running ? (
            <Button size="small" icon={<Square size={13} aria-hidden />} onClick={() => cancelCheck(id)}>
              Stop
            </Button>
          ) : (
            <Button size="small" icon={<Stethoscope size={14} aria-hidden />} disabled={!input} onClick={() => input && startCheck(input)}>
              {check ? 'Check again' : 'Check the connection'}
            </Button>
          )}
        </>
      }
    >
      {error && (
        <Banner inset kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
      {summary ? (
        <p className={styles.summary} data-tone={summary.tone} role="status">
          {summary.text}
        </p>
      ) : (
        <p className={styles.intro}>
          Walks the way to the broker – name, TCP, proxy, TLS, certificate, WebSocket, MQTT – with a client of its own, and says what is wrong where. Nothing is
          subscribed to or published unless asked for here.
        </p>
      )}
      {check && (
        <ol className={styles.steps} aria-label="Steps">
          {check.steps
            .filter(({ id: step, state }) => state !== 'skipped' || step === 'tls')
            .map((step) => (
              <CheckStepRow key={step.id} step={step} />
            ))}
        </ol>
      )}
      {check && onTrust && canBeTrusted(check, input?.profile.tls.pinned ?? []) && (
        <Button icon={<ShieldCheck size={15} aria-hidden />} onClick={() => void trust()}>
          Trust this certificate …
        </Button>
      )}
      {check && check.certificates.length > 0 && <CertificateChain key={check.certificates[0]?.sha256} certificates={check.certificates} />}
      <div className={styles.probe}>
        <TextField
          label="Also subscribe to"
          placeholder="nothing"
          mono
          size="small"
          value={probe.subscribe}
          disabled={running}
          onChange={(subscribe) => setProbe(id, { ...probe, subscribe })}
        />
        <TextField
          label="Also publish an empty message to"
          placeholder="nothing"
          mono
          size="small"
          value={probe.publish}
          disabled={running}
          onChange={(publish) => setProbe(id, { ...probe, publish })}
        />
      </div>
    </Card>
  );
}
