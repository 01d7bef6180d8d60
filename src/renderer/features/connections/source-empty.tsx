import { ListFilter, Plug, RadioTower, TriangleAlert } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { FailureCard, StartBrokerButton } from '../broker/index.ts';
import { connectionOf, isIntercept, useBrokerStatus, type SourceOption } from '../common/index.ts';
import { ConnectButton } from './connect-button.tsx';

interface SourceEmptyProps {
  /** What the tree is of: `topics`. */
  readonly what: string;
  readonly tree: { readonly error: CodedError | undefined; readonly loaded: boolean };
  readonly source: SourceOption;
  readonly onRetry: () => void;
  /** That hides everything; `null`: none does. */
  readonly filter: { readonly title?: string; readonly text: string; readonly onClear: () => void } | null;
  /** What a demo device would bring, behind “Start it and connect devices to it.” */
  readonly stopped: string;
  /** Why a connection is worth making. */
  readonly offline: string;
  readonly offlineActions?: ReactNode;
  /** What is shown when the source is there and has nothing yet. */
  readonly children: ReactElement;
}

/** Why the tree of a source is empty, and the next step. */
export function SourceEmpty({ what, tree, source, onRetry, filter, stopped, offline, offlineActions, children }: SourceEmptyProps): ReactElement {
  const broker = useBrokerStatus();
  const connection = connectionOf(source.id);
  if (tree.error) {
    return (
      <EmptyState
        icon={<TriangleAlert size={24} aria-hidden />}
        title={`The ${what} cannot be shown`}
        text={`${tree.error.message} ${tree.error.advice ?? ''}`}
        actions={<Button onClick={onRetry}>Try again</Button>}
      />
    );
  }
  if (!tree.loaded) return <Loading label={`Loading ${what}`} />;
  if (filter) {
    return (
      <EmptyState
        icon={<ListFilter size={24} aria-hidden />}
        title={filter.title ?? 'Nothing fits the filter'}
        text={filter.text}
        actions={<Button onClick={filter.onClear}>Clear the filter</Button>}
      />
    );
  }
  if (source.live || isIntercept(source.id)) return children;
  return connection === null ? (
    <EmptyState
      icon={<RadioTower size={24} aria-hidden />}
      title="The local broker is not running"
      text={`Start it and connect devices to it. ${stopped}`}
      actions={<StartBrokerButton />}
    >
      {broker?.failure && <FailureCard failure={broker.failure} />}
    </EmptyState>
  ) : (
    <EmptyState
      icon={<Plug size={24} aria-hidden />}
      title={`${source.name} is ${source.state}`}
      text={offline}
      actions={
        <>
          <ConnectButton id={connection} />
          {offlineActions}
        </>
      }
    />
  );
}
