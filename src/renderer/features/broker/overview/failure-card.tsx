import type { ReactElement } from 'react';
import type { BrokerFailure } from '../../../../shared/contract/broker.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { useWorkspace } from '../../common/index.ts';
import { startBroker } from '../broker-actions.ts';
import { otherPort } from '../listeners/listener-form.ts';

/** Why the broker does not run, and the way out. */
export function FailureCard({ failure, onStarted }: { readonly failure: BrokerFailure; readonly onStarted?: () => void }): ReactElement {
  const workspace = useWorkspace();
  const other = workspace && otherPort(failure, workspace.settings.broker.listeners);
  const start = async (): Promise<void> => {
    if (other && (await startBroker(other))) onStarted?.();
  };
  return (
    <Banner
      kind="bad"
      inset
      title={failure.message}
      actions={
        other && (
          <Button variant="primary" onClick={() => void start()}>
            Start on port {failure.freePort} instead
          </Button>
        )
      }
    >
      {failure.advice}
    </Banner>
  );
}
