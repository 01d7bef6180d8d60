import { CodedError } from '../../../../../shared/ipc/errors.ts';
import type { BrokerLists } from '../../broker-engine.ts';
import type { BrokerCore } from '../broker-core.ts';
import { ClientList } from './client-list.ts';
import { QueueList } from './queue-list.ts';
import { RetainedList } from './retained-list.ts';
import { SessionList } from './session-list.ts';
import { SubscriptionList } from './subscription-list.ts';

/** What a core holds, in pages. Read from what is live: nothing is copied but the rows asked for. */
export class CoreLists implements BrokerLists {
  readonly #core: BrokerCore;
  readonly #clients: ClientList;
  readonly #sessions: SessionList;
  readonly #subscriptions: SubscriptionList;
  readonly #queues: QueueList;
  readonly #retained: RetainedList;

  constructor(core: BrokerCore) {
    this.#core = core;
    this.#clients = new ClientList(core);
    this.#sessions = new SessionList(core);
    this.#subscriptions = new SubscriptionList(core);
    this.#queues = new QueueList(core);
    this.#retained = new RetainedList(core);
  }

  readonly clients: BrokerLists['clients'] = (query) => this.#clients.page(query);
  readonly client: BrokerLists['client'] = (clientId) => this.#clients.detail(clientId);
  readonly sessions: BrokerLists['sessions'] = (query) => this.#sessions.page(query);
  readonly subscriptions: BrokerLists['subscriptions'] = (query) => this.#subscriptions.page(query);
  readonly queue: BrokerLists['queue'] = (query) => this.#queues.page(query);
  readonly retained: BrokerLists['retained'] = (query) => this.#retained.page(query);
  readonly retainedMessage: BrokerLists['retainedMessage'] = (topic, maxBytes) => this.#retained.message(topic, maxBytes);
  readonly retainedTopics: BrokerLists['retainedTopics'] = (wanted) => this.#retained.topics(wanted);
  readonly retainedChanged: BrokerLists['retainedChanged'] = () => this.#retained.changed();

  discardQueued(input: Parameters<BrokerLists['discardQueued']>[0]): number {
    const discarded = this.#queues.discard(input);
    this.#sessions.changed();
    return discarded;
  }

  endSession(clientId: string): void {
    const core = this.#core;
    const session = core.sessions.get(clientId);
    if (session === undefined) throw new CodedError('not-found', `The broker has no session of “${clientId}” (any more).`);
    if (session.connection !== null) {
      throw new CodedError('invalid-state', `“${clientId}” is connected, so its session cannot be ended.`, { advice: 'Disconnect the client first.' });
    }
    core.tick();
    core.endSession(session);
    this.#sessions.changed();
  }
}
