import { Zap } from 'lucide-react';
import type { ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { plural, StripButton, useBrokerStatus } from '../../common/index.ts';
import { showBroker } from '../broker-views.ts';
import { endFaults, isOn, useFaultReport, useFaults } from './fault-actions.ts';
import { effectWords, onWords } from './on-words.ts';

/** Over every place while faults are on: nobody shall look for a bug that they have made themselves. */
export function FaultBanner(): ReactElement | null {
  const view = useFaults();
  return isOn(view) ? <Shown words={onWords(view)} /> : null;
}

function Shown({ words }: { readonly words: string }): ReactElement {
  const report = useFaultReport();
  const running = useBrokerStatus()?.phase === 'running';
  return (
    <Banner
      kind="warn"
      title={`Faults are on: ${words}`}
      actions={
        <>
          <Button size="small" onClick={() => showBroker('faults')}>
            Show
          </Button>
          <Button size="small" variant="primary" onClick={() => void endFaults()}>
            End all faults
          </Button>
        </>
      }
    >
      {effectWords(report, running)}
    </Banner>
  );
}

/** In the strip, beside the broker. */
export function FaultItem(): ReactElement | null {
  const view = useFaults();
  if (!isOn(view)) return null;
  const count = view.active.length + (view.curlListeners.length > 0 ? 1 : 0);
  return (
    <StripButton label={`Faults are on: ${onWords(view)}`} onClick={() => showBroker('faults')}>
      <Zap size={13} aria-hidden />
      <span>{plural(count, 'fault')} on</span>
    </StripButton>
  );
}

export function FaultCommands(): null {
  const on = isOn(useFaults());
  useCommands([
    { id: 'faults.show', title: 'Show faults', group: 'Broker', keywords: 'injection delay drop disconnect', run: () => showBroker('faults') },
    { id: 'faults.endAll', title: 'End all faults', group: 'Broker', keywords: 'injection stop', when: () => on, run: () => endFaults() },
  ]);
  return null;
}
