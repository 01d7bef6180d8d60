import { Zap } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { FaultProfile } from '../../../../shared/broker/faults/fault-rules.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { Card, Page, useBrokerStatus } from '../../common/index.ts';
import { ActiveCard } from './active-card.tsx';
import { CurlCard } from './curl-card.tsx';
import { useFaultReport, useFaults } from './fault-actions.ts';
import { HitsCard } from './hits-card.tsx';
import { ProfileDialog } from './profile-dialog.tsx';
import { ProfilesCard } from './profiles-card.tsx';
import { TurnOnDialog } from './turn-on-dialog.tsx';
import styles from './faults.module.css';

/** Faults of the local broker: what is on and what it does, and profiles to turn on. */
export function FaultsView(): ReactElement {
  const view = useFaults();
  const report = useFaultReport();
  const status = useBrokerStatus();
  const [turning, setTurning] = useState<FaultProfile | null>(null);
  const [edited, setEdited] = useState<FaultProfile | null>(null);
  if (!view || !status)
    return (
      <div className={styles.waiting}>
        <Spinner label="Loading" />
      </div>
    );
  return (
    <Page title="Faults" wide>
      {view.active.length === 0 ? (
        <Card title="Active faults">
          <EmptyState
            compact
            icon={<Zap size={20} aria-hidden />}
            title="No fault is on"
            text="Choose a profile below to see how clients cope with a bad network or a bad broker. A banner tells in every place while faults are on, and ends them with one click."
          />
        </Card>
      ) : (
        <ActiveCard active={view.active} report={report} status={status} />
      )}
      {report !== undefined && view.active.length > 0 && <HitsCard report={report} />}
      <ProfilesCard profiles={view.profiles} onTurnOn={setTurning} onEdit={setEdited} />
      <CurlCard listeners={status.listeners} on={view.curlListeners} />
      <TurnOnDialog profile={turning} view={view} status={status} onClose={() => setTurning(null)} />
      <ProfileDialog profile={edited} isNew={!view.profiles.some(({ id }) => id === edited?.id)} onChange={setEdited} onClose={() => setEdited(null)} />
    </Page>
  );
}
