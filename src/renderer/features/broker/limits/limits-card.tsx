import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { defaultBrokerLimits, type BrokerLimits } from '../../../../shared/mqtt/broker-limits.ts';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { act, Card } from '../../common/index.ts';
import { restartBroker } from '../broker-actions.ts';
import styles from '../broker.module.css';
import { limitWords } from './limit-fields.ts';
import { LimitsForm } from './limits-form.tsx';

/** What the broker offers and how much it holds: in a line, and to be changed. */
export function LimitsCard({ settings, status }: { readonly settings: Settings['broker']; readonly status: BrokerStatus }): ReactElement {
  const [open, setOpen] = useState(false);
  const changed = limitWords(settings.limits);
  const save = async (limits: BrokerLimits, restart: boolean): Promise<void> => {
    if (!(await act(engineClient().call('workspace.updateSettings', { broker: { limits } }), 'The limits could not be saved'))) return;
    setOpen(false);
    if (restart) await restartBroker();
  };
  return (
    <Card
      title="Capabilities and limits"
      actions={
        <Button
          variant="ghost"
          size="small"
          icon={open ? <ChevronUp size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
          onClick={() => setOpen(!open)}
          aria-expanded={open}
        >
          {open ? 'Close' : 'Change'}
        </Button>
      }
    >
      <p className={styles.muted}>
        {settings.engine === 'aedes'
          ? 'The engine aedes takes only the maximum packet size from here.'
          : changed.length === 0
            ? 'All of MQTT 5, with room for busy devices. Change it to try a device against a broker that can do less.'
            : `The broker offers less or holds otherwise than usual: ${changed.join(', ')}.`}
      </p>
      {open && (
        <LimitsForm saved={settings.limits} defaults={defaultBrokerLimits} running={status.phase === 'running'} onSave={save} onClose={() => setOpen(false)} />
      )}
    </Card>
  );
}
