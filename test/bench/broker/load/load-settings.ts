import type { PublishKind, Qos } from './prepared-publishes.ts';

/** Places in the memory that the load's threads share with the bench: each thread counts in a place of its own. */
export const mostThreadsOfAKind = 8;
export const place = { stop: 0, received: 1, sent: 1 + mostThreadsOfAKind, size: 1 + 2 * mostThreadsOfAKind } as const;

export interface PublishLoad extends PublishKind {
  readonly role: 'publish';
  readonly clients: number;
  /** QoS 1 and 2: messages of one client that may be unacknowledged. */
  readonly window: number;
  /** QoS 0: bytes of all clients of this thread that may be on their way to any one subscriber; `null`: nobody looks. */
  readonly aheadBytes: number | null;
  /** Copies made of each message. */
  readonly receivers: number;
  /** Of all clients of this thread; `null`: as fast as they are taken. */
  readonly perSecond: number | null;
  /** QoS 1 and 2: messages of each client, after which it is done; `null`: until it is stopped. */
  readonly messages: number | null;
}

export interface SubscribeLoad {
  readonly role: 'subscribe';
  /** For each client its filters. */
  readonly filters: readonly (readonly string[])[];
  readonly qos: Qos;
}

/** One client that publishes with its clock in the payload, and one that receives that. */
export interface ProbeLoad {
  readonly role: 'probe';
  readonly topic: string;
  readonly qos: Qos;
  readonly payloadBytes: number;
  readonly perSecond: number;
}

/** Connections made and ended one after the other, several at a time; `sent` counts those that were accepted. */
export interface ConnectLoad {
  readonly role: 'connect';
  readonly atATime: number;
}

/** One client that measures how long its subscriptions take. */
export interface AskLoad {
  readonly role: 'ask';
  readonly steps: readonly AskStep[];
}

interface AskStep {
  /** For each SUBSCRIBE its filters; all are sent together. */
  readonly subscribes: readonly (readonly string[])[];
  /** The step is over when so many of these have come. */
  readonly until: 'suback' | 'publish';
  readonly count: number;
}

export type Load = PublishLoad | SubscribeLoad | ProbeLoad | ConnectLoad | AskLoad;

export interface LoadThreadData {
  readonly port: number;
  readonly load: Load;
  /** Tells client ids of several threads apart. */
  readonly index: number;
  readonly shared: SharedArrayBuffer;
}

/** Connected, and subscribed where it subscribes. */
export interface LoadReady {
  readonly tid: number | null;
}
