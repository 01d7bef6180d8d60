import type { TriedEvent } from '../../../../shared/contract/broker-handlers.ts';
import type { ConnectPacket } from '../../../../shared/mqtt/packet/packets.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { capturesOf, type TopicPattern } from '../../../../shared/broker/handlers/pattern.ts';
import type { Connection } from '../core/connection.ts';
import type { IncomingPublish } from '../core/core-handlers.ts';
import type { Message } from '../core/message.ts';
import type { Session } from '../core/session.ts';
import { versionNames } from '../core/version-names.ts';
import { filterCaptures } from './handler-table.ts';
import { withoutShare } from './outcomes.ts';
import { toWirePayload, toWireProperties, type WireClient } from './wire.ts';

/** What scripts are asked about, in a form that JSON has. */
type Given = { readonly [name: string]: JsonValue };

function clientOf(id: string | null, connection: Connection | null): WireClient & Given {
  return {
    id,
    username: connection?.username ?? null,
    version: connection === null ? null : versionNames[connection.level],
    address: connection?.info.address ?? null,
    listener: connection?.info.listener ?? null,
  };
}

export function messageGiven(message: Message, incoming: IncomingPublish | null, pattern: TopicPattern): Given {
  const { topic, payload, qos, retain, properties, publisher } = message;
  return {
    ...{ topic, payload: toWirePayload(payload), qos, retain, dup: incoming?.dup === true, properties: toWireProperties(properties) },
    // What is no PUBLISH of a connection and has a client is its will.
    ...{ will: incoming === null && publisher !== null, client: clientOf(publisher, incoming?.connection ?? null) },
    captures: capturesOf(pattern, topic.split('/')),
  };
}

export function subscribeGiven(session: Session, filter: string, qos: number, pattern: TopicPattern): Given {
  const own = withoutShare(filter);
  return { filter, qos, client: clientOf(session.clientId, session.connection), captures: filterCaptures(pattern, own.split('/')) };
}

/** Never the password. */
export function connectGiven(connection: Connection, { clientId, cleanStart, keepAlive, will, password }: ConnectPacket): Given {
  return {
    ...{ client: clientOf(clientId, connection), cleanStart, keepAlive, hasPassword: password !== null },
    will: will === null ? null : { topic: will.topic, payload: toWirePayload(will.payload), qos: will.qos, retain: will.retain },
  };
}

export function disconnectGiven(connection: Connection): Given {
  return { client: clientOf(connection.session?.clientId ?? null, connection), ended: connection.endedBy ?? 'lost' };
}

/** Of an event that nobody has sent. */
export function triedClient({ clientId, username }: TriedEvent): WireClient & Given {
  return { id: clientId, username, version: '5', address: null, listener: null };
}

export function triedSubscription(event: TriedEvent, pattern: TopicPattern): Given {
  const { topic, qos } = event;
  return { filter: topic, qos, client: triedClient(event), captures: filterCaptures(pattern, withoutShare(topic).split('/')) };
}
