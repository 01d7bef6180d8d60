import type { ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { StartBrokerButton } from '../broker/index.ts';
import { connectionOf, isIntercept, type SourceOption } from '../common/index.ts';
import { ConnectButton } from './connect-button.tsx';

interface SourceDownProps {
  readonly source: SourceOption;
  /** What cannot be done: `called`. */
  readonly done: string;
  /** The next step is offered elsewhere already. */
  readonly short?: boolean;
}

/** That a source cannot be used now, and what brings it up; nothing while it can. */
export function SourceDown({ source, done, short = false }: SourceDownProps): ReactElement | null {
  if (source.live) return null;
  if (isIntercept(source.id))
    return <Banner inset kind="info" title={`An intercept only forwards: nothing can be ${done} through it. Use a connection to its broker.`} />;
  const connection = connectionOf(source.id);
  return (
    <Banner
      inset
      kind="info"
      title={`${source.name} is ${source.state}: nothing can be ${done}.`}
      actions={short ? undefined : connection === null ? <StartBrokerButton size="small" /> : <ConnectButton id={connection} />}
    />
  );
}
