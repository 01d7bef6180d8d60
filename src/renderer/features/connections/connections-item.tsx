import type { ReactElement } from 'react';
import { StatusDot } from '../../ui/badge.tsx';
import { goTo, StripButton, useConnections } from '../common/index.ts';

/** The connections in the strip: how many are up, and whether one has a problem. */
export function ConnectionsItem(): ReactElement | null {
  const view = useConnections();
  if (!view || view.profiles.length === 0) return null;
  const up = view.statuses.filter(({ phase }) => phase === 'connected').length;
  const trouble = view.statuses.some(({ phase, lastProblem }) => phase === 'waiting' || (phase === 'disconnected' && lastProblem !== null));
  return (
    <StripButton label={trouble ? 'Connections: one has a problem' : 'Connections'} onClick={() => goTo('connections')}>
      <StatusDot tone={trouble ? 'bad' : up > 0 ? 'ok' : 'off'} />
      <span>
        {up} of {view.profiles.length} connected
      </span>
    </StripButton>
  );
}
