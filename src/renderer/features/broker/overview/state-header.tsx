import { Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatDateTime, formatDuration, plural, useNow } from '../../common/index.ts';
import { startBroker, stopBroker } from '../broker-actions.ts';
import { engineWords, phaseWords } from '../broker-words.ts';
import styles from '../broker.module.css';

/** Whether the broker runs and since when, with the button that changes it. */
export function StateHeader({ status }: { readonly status: BrokerStatus }): ReactElement {
  const now = useNow(status.phase === 'running' ? 1000 : null);
  const { tone, title } = phaseWords[status.phase];
  const busy = status.phase === 'starting' || status.phase === 'stopping';
  return (
    <header className={styles.state} data-phase={status.phase}>
      <span className={styles.bigDot} data-tone={tone} aria-hidden />
      <div className={styles.stateText}>
        <p className={styles.stateTitle} role="status">
          {title}
        </p>
        <p className={styles.muted}>
          {status.phase === 'running' && status.startedAt !== null ? (
            <>
              {plural(status.clientCount, 'client')} · up for{' '}
              <span title={`Since ${formatDateTime(status.startedAt * 1000)}`}>{formatDuration(now - status.startedAt)}</span> ·{' '}
              {engineWords[status.engine].speaks}
            </>
          ) : (
            'An MQTT broker inside the workbench, for devices and tools on this machine.'
          )}
        </p>
      </div>
      {status.phase === 'running' || status.phase === 'stopping' ? (
        <Button size="large" icon={<Square size={15} aria-hidden />} busy={busy} onClick={stopBroker}>
          Stop broker
        </Button>
      ) : (
        <Button size="large" variant="primary" icon={<Play size={15} aria-hidden />} busy={busy} onClick={() => void startBroker()}>
          Start local broker
        </Button>
      )}
      {status.persistenceProblem !== null && (
        <div className={styles.tap}>
          <Banner inset kind="warn" title="What the broker keeps">
            {status.persistenceProblem}
          </Banner>
        </div>
      )}
      {status.tapDropped > 0 && (
        <div className={styles.tap}>
          <Banner inset kind="warn" title={`${plural(status.tapDropped, 'message')} not captured`}>
            The broker delivered them to its clients, but they came faster than the workbench could record them.
          </Banner>
        </div>
      )}
    </header>
  );
}
