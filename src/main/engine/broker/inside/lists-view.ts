import type { brokerListsContract } from '../../../../shared/contract/broker-lists.ts';
import type { InputOf, ItemOf, OutputOf } from '../../../../shared/ipc/contract.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { BrokerWorkerContract } from '../broker-contract.ts';
import type { WorkerLink } from '../worker-link.ts';

type Lists = typeof brokerListsContract;
type Call<K extends keyof Lists> = (input: InputOf<Lists[K]>) => Promise<OutputOf<Lists[K]>>;

/** What the local broker holds, as in the contract. Calls reject with `broker-not-running`. */
export interface BrokerListsView {
  readonly clients: Call<'broker.clientList'>;
  readonly client: Call<'broker.client'>;
  readonly sessions: Call<'broker.sessions'>;
  readonly subscriptions: Call<'broker.subscriptions'>;
  readonly queue: Call<'broker.queue'>;
  readonly discardQueued: Call<'broker.discardQueued'>;
  readonly endSession: Call<'broker.endSession'>;
  readonly retained: Call<'broker.retained'>;
  readonly retainedMessage: Call<'broker.retainedMessage'>;
  /** The next slice comes when `onItem` settles. Returns what stops it. */
  readonly exportRetained: Follow<'exportRetained'>;
  readonly deleteRetained: Follow<'deleteRetained'>;
}

type Follow<K extends 'exportRetained' | 'deleteRetained'> = (
  input: InputOf<BrokerWorkerContract[K]>,
  reader: { readonly item: (item: ItemOf<BrokerWorkerContract[K]>) => Promise<void>; readonly end: (error: CodedError | undefined) => void },
) => () => void;

/** `running` throws `broker-not-running`. */
export function createListsView(running: () => WorkerLink): BrokerListsView {
  return {
    clients: async (query) => running().client.call('clientPage', query),
    client: async (input) => running().client.call('clientDetail', input),
    sessions: async (query) => running().client.call('sessionPage', query),
    subscriptions: async (query) => running().client.call('subscriptionPage', query),
    queue: async (query) => running().client.call('queuePage', query),
    discardQueued: async (input) => running().client.call('discardQueued', input),
    endSession: async (input) => running().client.call('endSession', input),
    retained: async (query) => running().client.call('retainedPage', query),
    retainedMessage: async (input) => running().client.call('retainedMessage', input),
    exportRetained: (wanted, reader) => running().client.stream('exportRetained', wanted, reader),
    deleteRetained: (wanted, reader) => running().client.stream('deleteRetained', wanted, reader),
  };
}
