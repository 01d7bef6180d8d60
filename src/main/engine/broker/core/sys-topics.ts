import type { BrokerCore } from './broker-core.ts';
import { Message } from './message.ts';
import type { WheelTimer } from '../routing/timer-wheel.ts';

/** How often they are renewed; mosquitto's default. */
const everyMs = 10_000;

const minutes = [1, 5, 15] as const;

/** Numbers about the broker itself below `$SYS`, retained, under the names mosquitto uses. Only what changed is published. */
export class SysTopics {
  readonly #core: BrokerCore;
  readonly #version: string;
  readonly #startedMs: number;
  readonly #published = new Map<string, string>();
  readonly #loads = new Map<string, { last: number; readonly averages: number[] }>();
  #timer: WheelTimer | undefined;

  constructor(core: BrokerCore, version: string) {
    this.#core = core;
    this.#version = version;
    this.#startedMs = core.nowMs;
  }

  start(): void {
    this.#publishAll();
    this.#timer = this.#core.wheel.schedule(everyMs, () => this.start());
  }

  stop(): void {
    this.#core.wheel.cancel(this.#timer);
  }

  #publishAll(): void {
    const core = this.#core;
    const { counters } = core;
    const connected = core.clientCount;
    const total = core.sessions.size;
    this.#set('version', this.#version);
    this.#set('uptime', `${Math.floor((core.nowMs - this.#startedMs) / 1000)} seconds`);
    this.#set('clients/total', total);
    this.#set('clients/connected', connected);
    this.#set('clients/disconnected', total - connected);
    this.#set('clients/active', connected);
    this.#set('clients/inactive', total - connected);
    this.#set('clients/maximum', counters.clientsMaximum);
    this.#set('clients/expired', counters.sessionsExpired);
    this.#set('bytes/received', counters.bytesReceived);
    this.#set('bytes/sent', counters.bytesSent);
    this.#set('messages/received', counters.packetsReceived);
    this.#set('messages/sent', counters.packetsSent);
    this.#set('publish/messages/received', counters.publishReceived);
    this.#set('publish/messages/sent', counters.publishSent);
    this.#set('publish/messages/dropped', counters.droppedSlow + counters.droppedFull + counters.droppedLarge + counters.droppedExpired);
    this.#set('publish/bytes/received', counters.publishBytesReceived);
    this.#set('publish/bytes/sent', counters.publishBytesSent);
    this.#set('retained messages/count', core.retainedMessages.size);
    this.#set('store/messages/count', core.retainedMessages.size);
    this.#set('store/messages/bytes', core.retainedMessages.bytes);
    this.#set('subscriptions/count', core.subscriptions.size);
    this.#load('messages/received', counters.packetsReceived);
    this.#load('messages/sent', counters.packetsSent);
    this.#load('publish/received', counters.publishReceived);
    this.#load('publish/sent', counters.publishSent);
    this.#load('bytes/received', counters.bytesReceived);
    this.#load('bytes/sent', counters.bytesSent);
  }

  #set(name: string, value: number | string): void {
    const text = String(value);
    if (this.#published.get(name) === text) return;
    this.#published.set(name, text);
    const payload = Buffer.from(text);
    this.#core.spread(new Message(`$SYS/broker/${name}`, payload, 0, true, null, null, Infinity), null, false);
  }

  /** Per minute, as an average that forgets exponentially over one, five and fifteen minutes. */
  #load(name: string, count: number): void {
    const known = this.#loads.get(name);
    const load = known ?? { last: 0, averages: [0, 0, 0] };
    const perMinute = ((count - load.last) * 60_000) / everyMs;
    load.last = count;
    minutes.forEach((span, at) => {
      const keep = Math.exp(-everyMs / (span * 60_000));
      const average = (load.averages[at] ?? 0) * keep + perMinute * (1 - keep);
      load.averages[at] = average;
      this.#set(`load/${name}/${span}min`, average.toFixed(2));
    });
    this.#loads.set(name, load);
  }
}
