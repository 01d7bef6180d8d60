import type { BrokerRefusals, BrokerStatus } from '../../../shared/contract/broker.ts';
import type { InterceptStatus, InterceptView } from '../../../shared/contract/broker-intercepts.ts';
import type { ConnectionsView } from '../../../shared/contract/connections.ts';
import type { Ledger } from '../../../shared/contract/messages.ts';
import type { WorkspaceView } from '../../../shared/contract/workspace.ts';
import { useStreamValue } from '../../data/index.ts';

// The states the engine keeps telling; each is one shared subscription for the whole page. `undefined` until the first answer.
export const useBrokerStatus = (): BrokerStatus | undefined => useStreamValue('broker.status', undefined);
export const useBrokerRefusals = (): BrokerRefusals | undefined => useStreamValue('broker.refusals', undefined);
export const useConnections = (): ConnectionsView | undefined => useStreamValue('connections.watch', undefined);
export const useIntercepts = (): readonly InterceptView[] | undefined => useStreamValue('intercepts.watch', undefined)?.intercepts;
export const useInterceptStatuses = (): readonly InterceptStatus[] | undefined => useStreamValue('intercepts.statuses', undefined)?.statuses;
export const useWorkspace = (): WorkspaceView | undefined => useStreamValue('workspace.watch', undefined);
export const useLedger = (): Ledger | undefined => useStreamValue('messages.ledger', undefined);
