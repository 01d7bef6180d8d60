import { useState, type ReactElement } from 'react';
import type { RedisTest, RedisView } from '../../../../shared/contract/broker-redis.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { act, Card, useAttempt } from '../../common/index.ts';
import { restartBroker } from '../broker-actions.ts';
import { addressProblem, modeWords } from './redis-words.ts';
import styles from './redis.module.css';

const modeOptions = (['share', 'channels'] as const).map((value) => ({ value, label: modeWords[value] }));

/** Where Redis is and how it is used; in effect with the next start of the broker. */
export function RedisForm({ saved, running }: { readonly saved: RedisView; readonly running: boolean }): ReactElement {
  const { hasPassword, ...settings } = saved;
  const [draft, setDraft] = useState(settings);
  /** `null`: as it is saved. */
  const [password, setPassword] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const test = useAttempt<RedisTest>();
  const problem = addressProblem(draft);
  const isTls = draft.url.trim().startsWith('rediss:');
  const change = (part: Partial<typeof draft>): void => {
    setDraft({ ...draft, ...part });
    test.forget();
  };
  const wanted = { ...draft, url: draft.url.trim(), ...(password === null ? {} : { password }) };
  const save = async (restart: boolean): Promise<void> => {
    setBusy(true);
    if (await act(engineClient().call('broker.saveRedis', wanted), 'The settings of Redis could not be saved')) {
      setPassword(null);
      if (restart) await restartBroker();
    }
    setBusy(false);
  };
  const isChanged = password !== null || JSON.stringify(draft) !== JSON.stringify(settings);
  return (
    <Card title="Settings">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save(false);
        }}
      >
        <Checkbox label="Use Redis" checked={draft.enabled} onChange={(enabled) => change({ enabled })} />
        <div className={styles.fields}>
          <TextField
            className={styles.wide}
            label="Address"
            hint="redis://HOST:PORT/DB, or rediss:// for TLS."
            error={problem ?? undefined}
            value={draft.url}
            onChange={(url) => change({ url })}
            placeholder="redis://127.0.0.1:6379/0"
            maxLength={2000}
            mono
          />
          <Select className={styles.wide} label="What for" value={draft.mode} onChange={(mode) => change({ mode })} options={modeOptions} />
          <TextField label="User name" hint="Empty: the default user." value={draft.username} onChange={(username) => change({ username })} maxLength={1000} />
          <TextField
            label="Password"
            type="password"
            hint={hasPassword && password === null ? 'One is kept; type to replace it.' : 'Kept with the other secrets of the workspace.'}
            value={password ?? ''}
            onChange={(text) => {
              setPassword(text);
              test.forget();
            }}
            placeholder={hasPassword && password === null ? '••••••••' : ''}
            suffix={
              hasPassword &&
              password === null && (
                <Button variant="ghost" size="small" onClick={() => setPassword('')}>
                  Remove
                </Button>
              )
            }
          />
          <TextField
            label="Prefix of the keys"
            hint="Brokers with the same prefix are one."
            value={draft.keyPrefix}
            onChange={(keyPrefix) => change({ keyPrefix })}
            error={draft.keyPrefix === '' ? 'It may not be empty.' : undefined}
            maxLength={200}
            mono
          />
          {isTls && (
            <>
              <Checkbox
                label="Check the certificate of Redis"
                checked={draft.verifyCertificate}
                onChange={(verifyCertificate) => change({ verifyCertificate })}
              />
              <TextArea
                className={styles.wide}
                label="Certificate of its authority (PEM)"
                hint="Empty: the authorities this computer trusts."
                value={draft.ca}
                onChange={(ca) => change({ ca })}
                disabled={!draft.verifyCertificate}
                rows={3}
                mono
              />
            </>
          )}
        </div>
        <TestResult outcome={test.outcome} />
        <div className={styles.actions}>
          <Button type="submit" variant={running ? 'secondary' : 'primary'} busy={busy} disabled={problem !== null || draft.keyPrefix === '' || !isChanged}>
            Save
          </Button>
          {running && (
            <Button variant="primary" busy={busy} disabled={problem !== null || draft.keyPrefix === '' || !isChanged} onClick={() => void save(true)}>
              Save and restart the broker
            </Button>
          )}
          <Button
            busy={test.busy}
            disabled={problem !== null || draft.keyPrefix === ''}
            onClick={() => void test.begin((signal) => engineClient().call('broker.testRedis', wanted, { signal }))}
          >
            Test
          </Button>
        </div>
      </form>
    </Card>
  );
}

function TestResult({ outcome }: { readonly outcome: ReturnType<typeof useAttempt<RedisTest>>['outcome'] }): ReactElement | null {
  if (outcome === null) return null;
  if ('problem' in outcome) {
    return (
      <Banner inset kind="bad" title="It does not work">
        {outcome.problem} {outcome.advice}
      </Banner>
    );
  }
  const { version, roundTripMs, brokers, warnings } = outcome.value;
  return (
    <Banner inset kind={warnings.length === 0 ? 'ok' : 'warn'} title={`It works: Redis ${version}, ${roundTripMs.toFixed(1)} ms`}>
      {brokers === 0 ? 'No broker uses this prefix.' : `${brokers} ${brokers === 1 ? 'broker uses' : 'brokers use'} this prefix.`} {warnings.join(' ')}
    </Banner>
  );
}
