import type { HandlerDeed } from '../../../../shared/contract/broker-inside.ts';
import type { Qos } from '../../../../shared/contract/common.ts';
import { withhold } from '../core/apart.ts';
import type { BrokerCore } from '../core/broker-core.ts';
import type { Connection } from '../core/connection.ts';
import type { IncomingPublish } from '../core/core-handlers.ts';
import type { Message } from '../core/message.ts';
import { refusePublish, spreadPublish, swallowPublish } from '../core/publish.ts';
import type { Session } from '../core/session.ts';

/** What becomes of a message. `message`: as it is now. */
export type Verdict = { readonly message: Message; readonly deeds: readonly HandlerDeed[] } & (
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'refuse'; readonly code: number; readonly reason: string; readonly handler: string }
);

/** A message that waits. */
export interface HeldMessage {
  readonly message: Message;
  /** `null`: a will, or of the workbench. */
  readonly incoming: IncomingPublish | null;
  readonly qos: Qos;
  /** Where it is answered; a client that sends it again does so on another connection. */
  connection: Connection | null;
  readonly routed: () => void;
}

interface ClientQueue {
  readonly held: HeldMessage[];
  bytes: number;
  /** Not read from. */
  paused: Connection | null;
}

export interface GateLimits {
  /** Of one client; when so much of its messages waits, it is read from no more until half of it is gone. */
  readonly clientMessages: number;
  readonly clientBytes: number;
  /** Of all clients: beyond, those that publish what waits are read from one message at a time. */
  readonly totalBytes: number;
}

const defaults: GateLimits = { clientMessages: 1000, clientBytes: 4_194_304, totalBytes: 67_108_864 };

/** Holds messages until handlers have decided, in the order of each publisher. Nobody waits for the messages of others. */
export class PublishGate {
  readonly #core: BrokerCore;
  readonly #decide: (held: HeldMessage) => Verdict | Promise<Verdict>;
  readonly #onEmpty: () => void;
  readonly #limits: GateLimits;
  /** By client id; `null`: the workbench itself. */
  readonly #queues = new Map<string | null, ClientQueue>();
  #waiting = 0;
  #bytes = 0;
  #paused = 0;
  #closed = false;

  /** `decide` never rejects and never throws. */
  constructor(core: BrokerCore, decide: (held: HeldMessage) => Verdict | Promise<Verdict>, onEmpty: () => void, limits: Partial<GateLimits> = {}) {
    this.#core = core;
    this.#decide = decide;
    this.#onEmpty = onEmpty;
    this.#limits = { ...defaults, ...limits };
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Clients that are not read from. */
  get paused(): number {
    return this.#paused;
  }

  /** Whether something of this publisher waits, so that all that follows has to. */
  holds(publisher: string | null): boolean {
    return this.#queues.has(publisher);
  }

  take(message: Message, incoming: IncomingPublish | null, routed: () => void): void {
    const { publisher } = message;
    // It stays longer than what was read with it.
    message.keep();
    const held: HeldMessage = { message, incoming, qos: message.qos, connection: incoming?.connection ?? null, routed };
    let queue = this.#queues.get(publisher);
    const isFirst = queue === undefined;
    if (queue === undefined) this.#queues.set(publisher, (queue = { held: [], bytes: 0, paused: null }));
    queue.held.push(held);
    queue.bytes += message.weight;
    this.#bytes += message.weight;
    this.#waiting += 1;
    if (incoming !== null && queue.paused !== incoming.connection && this.#isFull(queue)) {
      // A client that came back has another connection; the one before has ended.
      if (queue.paused === null) this.#paused += 1;
      queue.paused = incoming.connection;
      incoming.connection.pause();
    }
    if (isFirst) void this.#drain(publisher, queue);
  }

  isHeld(connection: Connection, session: Session, packetId: number): boolean {
    const again = this.#queues
      .get(session.clientId)
      ?.held.find((held) => held.qos === 2 && held.incoming?.session === session && held.incoming.packetId === packetId);
    if (again === undefined) return false;
    again.connection = connection;
    return true;
  }

  /** What waits is forgotten: none of it was acknowledged. */
  close(): void {
    this.#closed = true;
    this.#queues.clear();
    [this.#waiting, this.#bytes, this.#paused] = [0, 0, 0];
  }

  #isFull({ held, bytes }: ClientQueue): boolean {
    const { clientMessages, clientBytes, totalBytes } = this.#limits;
    return held.length >= clientMessages || bytes >= clientBytes || this.#bytes >= totalBytes;
  }

  #mayRead({ held, bytes }: ClientQueue): boolean {
    const { clientMessages, clientBytes, totalBytes } = this.#limits;
    return held.length === 0 || (held.length <= clientMessages / 2 && bytes <= clientBytes / 2 && this.#bytes < totalBytes);
  }

  async #drain(publisher: string | null, queue: ClientQueue): Promise<void> {
    for (let held = queue.held[0]; held !== undefined; held = queue.held[0]) {
      const verdict = this.#decide(held);
      const decided = verdict instanceof Promise ? await verdict : verdict;
      if (this.#closed) return;
      queue.held.shift();
      queue.bytes -= held.message.weight;
      this.#bytes -= held.message.weight;
      this.#waiting -= 1;
      // What follows in the same turn goes its usual way again.
      if (queue.held.length === 0) this.#queues.delete(publisher);
      this.#core.tick();
      try {
        finish(this.#core, held, decided);
      } catch (error) {
        this.#core.reportBug(error);
      }
      if (queue.paused !== null && this.#mayRead(queue)) this.#readOn(queue);
      if (queue.held.length === 0) break;
    }
    if (this.#queues.size === 0) this.#onEmpty();
  }

  #readOn(queue: ClientQueue): void {
    const { paused } = queue;
    queue.paused = null;
    this.#paused -= 1;
    if (paused !== null && paused.endedBy === null) paused.resume();
  }
}

function finish(core: BrokerCore, { incoming, connection, qos, routed }: HeldMessage, verdict: Verdict): void {
  const { message } = verdict;
  message.deeds = verdict.deeds.length === 0 ? null : verdict.deeds;
  const packetId = incoming?.packetId ?? 0;
  const session = incoming?.session;
  if (verdict.kind === 'pass') {
    if (session && connection) spreadPublish(connection, session, message, qos, packetId, incoming.dup);
    else core.spread(message, null, false);
  } else {
    withhold(core, message, packetId);
    if (verdict.kind === 'refuse') {
      const { transport = 'tcp', address = '' } = connection?.info ?? {};
      core.reportDenial({
        clientId: message.publisher,
        transport,
        address,
        reason: verdict.reason,
        denied: { action: 'publish', topic: message.topic, handler: verdict.handler },
      });
    }
    if (session && connection) {
      if (verdict.kind === 'drop') swallowPublish(connection, session, qos, packetId);
      else refusePublish(connection, session, { qos, packetId }, verdict.code, verdict.reason);
    }
  }
  routed();
}
