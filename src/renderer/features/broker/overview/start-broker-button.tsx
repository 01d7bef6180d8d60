import { Play } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button, type ControlSize } from '../../../ui/button.tsx';
import { useBrokerStatus } from '../../common/index.ts';
import { startBroker } from '../broker-actions.ts';

/** The one click that starts the local broker; `onStarted` runs once it is up. */
export function StartBrokerButton({ size = 'medium', onStarted }: { readonly size?: ControlSize; readonly onStarted?: () => void }): ReactElement {
  const phase = useBrokerStatus()?.phase;
  const start = async (): Promise<void> => {
    if (await startBroker()) onStarted?.();
  };
  return (
    <Button
      variant="primary"
      size={size}
      icon={<Play size={15} aria-hidden />}
      busy={phase === 'starting' || phase === 'stopping'}
      onClick={() => void start()}
    >
      Start local broker
    </Button>
  );
}
