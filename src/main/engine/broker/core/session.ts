import type { ProtocolLevel, SubscriptionRequest, Will } from '../../../../shared/mqtt/packet/packets.ts';
import { WheelTimer } from '../routing/timer-wheel.ts';
import type { BrokerCore } from './broker-core.ts';
import type { Connection } from './connection.ts';
import type { Delivery, DeliveryQueue } from './delivery-queue.ts';
import type { Journal } from './persistence/journal.ts';
import type { KeptSession } from './persistence/kept.ts';
import type { RetainedJob } from './retained-delivery.ts';

/** What a client has subscribed to, by the filter as it sent it (with `$share/NAME/`). */
export interface HeldSubscription extends SubscriptionRequest {
  /** 0: none. */
  readonly subscriptionIdentifier: number;
}

/** A QoS 1 or 2 message under way to the client. */
export interface Inflight extends Delivery {
  readonly packetId: number;
  /** QoS 2: PUBREC has come, PUBREL is under way. */
  released: boolean;
  /** Its PUBLISH has been sent, to this connection or an earlier one. */
  isSent: boolean;
  /** Its next packet leaves when its state is kept. */
  waitsForCommit: boolean;
}

/** What the broker knows of a client id, connected or not (§4.1). */
export class Session {
  readonly #core: BrokerCore;
  readonly clientId: string;
  level: ProtocolLevel;
  connection: Connection | null = null;
  readonly subscriptions = new Map<string, HeldSubscription>();
  /** Seconds it is kept without a connection; `Infinity`: for ever (§3.1.2.11.2). */
  expirySeconds = 0;
  /** Published when the connection is lost; kept beyond it while its delay runs. */
  will: { readonly will: Will; readonly username: string | null } | null = null;
  /** Under way to the client, in the order of sending. */
  inflight: Map<number, Inflight> | null = null;
  /** Of `inflight`, those that have yet to be sent again after a reconnect. */
  resend: Inflight[] | null = null;
  queue: DeliveryQueue | null = null;
  /** Packet ids of QoS 2 messages that came and were routed, and wait for PUBREL [MQTT-4.3.3-10]. */
  incoming: Set<number> | null = null;
  lastPacketId = 0;
  /** Forgotten; its subscriptions may still be on their way out. */
  isEnded = false;
  /** Retained messages that new subscriptions are still to get. */
  retainedJobs: RetainedJob[] | null = null;
  /** They wait for the client to read on. */
  retainedWaits = false;
  /** Where its messages and subscriptions are kept beyond the life of the broker; `null`: nowhere. */
  journal: Journal | null = null;
  /** What is kept of it, be it only its will. */
  kept: KeptSession | null = null;
  #timer: WheelTimer | null = null;
  #willTimer: WheelTimer | null = null;
  constructor(core: BrokerCore, clientId: string, level: ProtocolLevel) {
    this.#core = core;
    this.clientId = clientId;
    this.level = level;
  }

  /** Lets the session end after a time without a connection; `Infinity`: never. */
  endAfter(ms: number): void {
    if (ms === Infinity && this.#timer === null) return;
    this.#core.wheel.reschedule((this.#timer ??= new WheelTimer(() => this.#core.sessionExpired(this))), ms);
  }

  /** When it will end unless its client comes back; `null`: it will not. */
  endsInMs(nowMs: number): number | null {
    return this.#timer?.isScheduled === true ? Math.max(0, this.#timer.deadlineMs - nowMs) : null;
  }

  publishWillAfter(ms: number): void {
    this.#core.wheel.reschedule((this.#willTimer ??= new WheelTimer(() => this.#core.publishWill(this))), ms);
  }

  cancelTimers(): void {
    if (this.#timer) this.#core.wheel.cancel(this.#timer);
    this.cancelWillTimer();
  }

  cancelWillTimer(): void {
    if (this.#willTimer) this.#core.wheel.cancel(this.#willTimer);
  }
}
