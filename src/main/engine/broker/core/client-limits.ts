import type { PublishPacket } from '../../../../shared/mqtt/packet/packets.ts';
import { Allowance } from '../allowance.ts';
import type { BrokerCore } from './broker-core.ts';
import { ConnectLimits, hostOf } from './connect-limits.ts';
import type { Connection } from './connection.ts';
import type { ClientLimits } from './core-options.ts';

const messageRateTooHigh = 0x96;

/**
 * Whether a publication comes at a rate that is allowed. Beyond it the connection is ended: DISCONNECT 0x96 in MQTT 5 (§3.14.2.1), silence in 3.x
 * [MQTT-4.8.0-1 of 3.1.1]. Or it is taken, and nothing more is read until the client is back within its rate: TCP slows the client down.
 */
export function isInTime(connection: Connection): boolean {
  const { core } = connection;
  const { messagesPerSecond, whenTooFast } = core.options;
  if (messagesPerSecond === null || connection.isOwn) return true;
  const allowance = (connection.publishAllowance ??= new Allowance(messagesPerSecond, 1000));
  if (whenTooFast === 'disconnect') {
    if (allowance.take(core.nowMs)) return true;
    connection.refuse(messageRateTooHigh, `It published more than ${messagesPerSecond} messages per second.`);
    return false;
  }
  const waitMs = allowance.takeOnCredit(core.nowMs);
  if (waitMs > 0) {
    core.counters.publishSlowed += 1;
    connection.pause();
    core.wheel.schedule(waitMs, () => {
      core.tick();
      connection.resume();
    });
  }
  return true;
}

/** The payload is one that may be published. It is told, and the message goes nowhere, otherwise. */
export function fitsPayloadLimit(connection: Connection, { payload }: PublishPacket, topic: string): boolean {
  const { core } = connection;
  const { maximumPayloadBytes } = core.options;
  if (maximumPayloadBytes === null || payload.byteLength <= maximumPayloadBytes || connection.isOwn) return true;
  core.reportOverLimit(connection, `Payloads may have ${maximumPayloadBytes} bytes: larger messages of it go nowhere.`, topic);
  return false;
}

/** One more subscription may be asked for. */
export function maySubscribeNow(connection: Connection, filter: string): boolean {
  const { core } = connection;
  const { subscriptionsPerMinute } = core.options;
  if (subscriptionsPerMinute === null || connection.isOwn) return true;
  if ((connection.subscribeAllowance ??= new Allowance(subscriptionsPerMinute, 60_000)).take(core.nowMs)) return true;
  core.reportOverLimit(connection, `It may subscribe to ${subscriptionsPerMinute} filters per minute: further ones are refused.`, filter);
  return false;
}

/** Whether there is a limit to what a connected client does. */
export function limitsClients({ messagesPerSecond, subscriptionsPerMinute, maximumPayloadBytes }: Omit<ClientLimits, 'whenTooFast'>): boolean {
  return messagesPerSecond !== null || subscriptionsPerMinute !== null || maximumPayloadBytes !== null;
}

/** From now on. Who is connected counts and stays; rates begin anew. */
export function changeClientLimits(core: BrokerCore, limits: ClientLimits): void {
  Object.assign(core.options, limits);
  core.hasClientLimits = limitsClients(core.options);
  core.connectLimits = ConnectLimits.of(core.options);
  for (const { connection } of core.sessions.values()) {
    if (connection === null) continue;
    connection.publishAllowance = null;
    connection.subscribeAllowance = null;
    if (!connection.isOwn) core.connectLimits?.enter(hostOf(connection.info.address));
  }
}
