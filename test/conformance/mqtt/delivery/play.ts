import { BrokerCore } from '../../../../src/main/engine/broker/core/broker-core.ts';
import type { Session } from '../../../../src/main/engine/broker/core/session.ts';
import { FakePersistence } from '../../../support/fake-persistence.ts';
import { SyncStream, withTurns } from '../sync-stream.ts';
import type { History, Step } from './history.ts';
import { ModelClient, type World } from './model-client.ts';
import { fail, Oracle } from './oracle.ts';

/** Plays a history against a core of its own; rejects with what went wrong. Answers how many messages were acknowledged. */
export function play(history: History): Promise<number> {
  return withTurns(async (turn) => {
    const played = new Play(history, turn);
    await played.begin();
    for (const [number, step] of history.steps.entries()) await played.take(step, number);
    await played.end();
    return played.world.acknowledged.size;
  });
}

class Play {
  readonly world: World;
  readonly #turn: () => boolean;
  readonly #history: History;
  #core: BrokerCore;
  #persistence: FakePersistence | undefined;
  /** Identities of sessions, and of kept ones by their keys, which outlive the broker. */
  readonly #identities = new WeakMap<Session, object>();
  readonly #identitiesByKey = new Map<number, object>();
  readonly #bugs: unknown[] = [];
  #nowMs = 1_000_000;

  constructor(history: History, turn: () => boolean) {
    this.#history = history;
    this.#turn = turn;
    const { maximumInflight, receiveMaximum, outputLimitBytes, isKept } = history;
    if (isKept) this.#persistence = slow(new FakePersistence());
    this.#core = this.#newCore();
    const clients: ModelClient[] = [];
    this.world = {
      oracle: new Oracle(maximumInflight, outputLimitBytes < 10_000, isKept),
      receiveMaximum,
      mayCrash: isKept,
      clients,
      obligations: [],
      acknowledged: new Set(),
      identity: (clientId) => this.#identity(this.#core.sessions.get(clientId)),
      open: (onWrite) => {
        const stream = new SyncStream(32, onWrite);
        this.#core.handle(stream.asDuplex(), { transport: 'tcp', address: 'model' });
        return stream;
      },
    };
    for (let index = 0; index < history.clients; index += 1) clients.push(new ModelClient(`c${index}`, this.world));
  }

  async begin(): Promise<void> {
    if (this.#persistence !== undefined) await this.#core.restore();
  }

  #newCore(): BrokerCore {
    const { maximumInflight, receiveMaximum, outputLimitBytes } = this.#history;
    const core = new BrokerCore({
      nowUs: () => this.#nowMs * 1000,
      monotonicMs: () => this.#nowMs,
      onBug: (error) => this.#bugs.push(error),
      persistence: this.#persistence,
      maximumInflight,
      receiveMaximum,
      outputLimitBytes,
    });
    core.wheel.stop();
    return core;
  }

  /** The broker is gone from one moment to the next, and another begins with what was kept until then. */
  async #crash(): Promise<void> {
    if (this.#persistence === undefined) return;
    this.#persistence = slow(this.#persistence.copy());
    this.#core = this.#newCore();
    for (const client of this.world.clients) client.drop();
    await this.#core.restore();
    // Keys of sessions that are gone are given again.
    const left = new Set(Array.from(this.#core.sessions.values(), ({ kept }) => kept?.key));
    for (const key of this.#identitiesByKey.keys()) if (!left.has(key)) this.#identitiesByKey.delete(key);
    this.world.oracle.beginAnew(this.#core);
  }

  #identity(session: Session | undefined): object | null {
    if (session === undefined) return null;
    const key = session.kept?.key;
    const identity = this.#identities.get(session) ?? (key === undefined ? undefined : this.#identitiesByKey.get(key)) ?? {};
    this.#identities.set(session, identity);
    if (key !== undefined) this.#identitiesByKey.set(key, identity);
    return identity;
  }

  async take(step: Step, number: number): Promise<void> {
    const { clients, oracle } = this.world;
    const client = clients[step.client % clients.length] as ModelClient;
    if (step.kind === 'commit') await this.#commit();
    else if (step.kind === 'crash') await this.#crash();
    else if (step.kind === 'much later') {
      await this.#rest();
      this.#nowMs += 1_000_000;
      while (!this.#core.wheel.advance());
      // The broker keeps how late it is, so that sessions of clients that are here do not expire with it.
      await this.#rest();
      oracle.muchLater();
      for (const one of clients) one.muchLater();
    } else this.#takeNow(step, number, client);
    for (const session of this.#core.sessions.values()) this.#identity(session);
    if (this.#bugs.length > 0) throw this.#bugs[0];
  }

  #takeNow(step: Step, number: number, client: ModelClient): void {
    switch (step.kind) {
      case 'connect':
      case 'take over':
        this.#sendCollected();
        return client.connect(step.words, step.kind === 'take over');
      case 'drop':
        this.#sendCollected();
        return client.drop();
      case 'disconnect':
        return client.disconnect();
      case 'publish':
        for (let at = 0; at < step.burst; at += 1) client.publish({ number: number * 10 + at, topic: step.topic, qos: step.qos, expires: step.expires });
        return;
      case 'subscribe':
        return client.subscribe(step.filter, step.qos);
      case 'unsubscribe':
        return client.unsubscribe(step.filter);
      case 'deliver':
        return void client.deliver(step.limit);
      case 'read':
        return void client.read(step.limit);
      case 'hurry':
        client.deliver(Infinity);
        this.#sendCollected();
        return void client.read(Infinity);
      case 'turn':
        return void this.#turn();
      case 'hold':
        return client.holdAcks(step.qos === 1);
      case 'ids anew': {
        // As after 65,535 messages.
        const session = this.#core.sessions.get(client.id);
        if (session) session.lastPacketId = 0;
        return;
      }
      default:
    }
  }

  /** Whoever has a session comes back to it; then everything is delivered until nobody has anything left to say. */
  async end(): Promise<void> {
    const { clients, oracle } = this.world;
    this.#turn();
    for (const client of clients) {
      client.holdAcks(false);
      const isLeft = oracle.sessions.get(client.id) !== undefined;
      if (isLeft && !client.isOpen) client.connect({ level: 5, clean: false, expirySeconds: Infinity, receiveMaximum: 3 }, false);
    }
    for (let round = 0, quiet = 0; quiet < 2; round += 1) {
      if (round === 2000) fail('it never comes to rest');
      let something = await this.#rest();
      for (const client of clients) {
        something = client.read(Infinity) || something;
        something = client.deliver(Infinity) || something;
      }
      quiet = something ? 0 : quiet + 1;
    }
    if (this.#bugs.length > 0) throw this.#bugs[0];
    for (const client of clients) client.checkRest();
    this.#checkCore();
  }

  /** What was collected for a connection that breaks counts as sent. */
  #sendCollected(): void {
    while (this.#turn());
  }

  /** The batch that waits is kept. Answers whether there was one. */
  async #commit(): Promise<boolean> {
    const persistence = this.#persistence;
    if (!persistence?.isWaiting) return false;
    persistence.release();
    slow(persistence);
    await promisesRun();
    if (this.#bugs.length > 0) throw this.#bugs[0];
    return true;
  }

  /** The broker has nothing left to do of its own. Answers whether it had. */
  async #rest(): Promise<boolean> {
    let something = false;
    for (;;) {
      if (!this.#turn() && !(await this.#commit())) return something;
      something = true;
    }
  }

  /** Nothing is left behind, and nothing was thrown away that had to be kept. */
  #checkCore(): void {
    const { oracle } = this.world;
    const core = this.#core;
    const ids = (names: Iterable<string>): string => [...names].toSorted().join(' ');
    if (ids(core.sessions.keys()) !== ids(oracle.sessions.keys())) fail(`sessions ${ids(core.sessions.keys())} instead of ${ids(oracle.sessions.keys())}`);
    for (const { clientId, inflight, resend, queue, connection } of core.sessions.values()) {
      if (connection === null) continue;
      const left = (inflight?.size ?? 0) + (resend?.length ?? 0) + (queue?.length ?? 0);
      if (left > 0) fail(`${left} messages are left for ${clientId}`);
    }
    const { droppedFull, droppedLarge, droppedSlow } = core.counters;
    if (droppedFull + droppedLarge > 0 || (droppedSlow > 0 && !oracle.maySkip)) fail('messages were dropped');
    const { messages, deliveries, incoming } = this.#persistence ?? { messages: new Map(), deliveries: new Map(), incoming: new Map() };
    const left = [messages, deliveries, incoming].map(({ size }) => size);
    // What waits for sessions nobody came back to stays.
    const awaited = [...oracle.sessions.values()].some(({ connection }) => connection === null);
    if (!awaited && left.some((size) => size > 0)) fail(`${left.join(', ')} messages, deliveries and packet ids are still kept`);
  }
}

function slow(persistence: FakePersistence): FakePersistence {
  persistence.isSlow = true;
  return persistence;
}

/** Promises that follow each other without waiting for anything else have run. */
async function promisesRun(): Promise<void> {
  for (let count = 0; count < 12; count += 1) await Promise.resolve();
}
