/**
 * Bytes of MQTT 3.1, 3.1.1 and 5, written for tests and sharing nothing with the product's own codec: what one of the two gets
 * wrong, the other one shows. Properties are a list, so order and repetition are kept and nonsense can be sent on purpose.
 */

/** The protocol level in CONNECT. */
export type Level = 3 | 4 | 5;

export const versionNames: Readonly<Record<Level, string>> = { 3: '3.1', 4: '3.1.1', 5: '5.0' };

type Coding = 'byte' | 'two' | 'four' | 'varint' | 'text' | 'binary' | 'pair';

/** MQTT 5 table 2-4. */
export const propertyTable = {
  payloadFormatIndicator: [0x01, 'byte'],
  messageExpiryInterval: [0x02, 'four'],
  contentType: [0x03, 'text'],
  responseTopic: [0x08, 'text'],
  correlationData: [0x09, 'binary'],
  subscriptionIdentifier: [0x0b, 'varint'],
  sessionExpiryInterval: [0x11, 'four'],
  assignedClientIdentifier: [0x12, 'text'],
  serverKeepAlive: [0x13, 'two'],
  authenticationMethod: [0x15, 'text'],
  authenticationData: [0x16, 'binary'],
  requestProblemInformation: [0x17, 'byte'],
  willDelayInterval: [0x18, 'four'],
  requestResponseInformation: [0x19, 'byte'],
  responseInformation: [0x1a, 'text'],
  serverReference: [0x1c, 'text'],
  reasonString: [0x1f, 'text'],
  receiveMaximum: [0x21, 'two'],
  topicAliasMaximum: [0x22, 'two'],
  topicAlias: [0x23, 'two'],
  maximumQos: [0x24, 'byte'],
  retainAvailable: [0x25, 'byte'],
  userProperty: [0x26, 'pair'],
  maximumPacketSize: [0x27, 'four'],
  wildcardSubscriptionAvailable: [0x28, 'byte'],
  subscriptionIdentifierAvailable: [0x29, 'byte'],
  sharedSubscriptionAvailable: [0x2a, 'byte'],
} as const satisfies Record<string, readonly [id: number, coding: Coding]>;

export type PropertyName = keyof typeof propertyTable;
export type PropertyValue = number | string | Buffer | readonly [name: string, value: string];
export type Property = readonly [name: PropertyName, value: PropertyValue];

export type Text = string | Uint8Array;

export interface WillFields {
  readonly topic: Text;
  readonly payload?: Text;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly properties?: readonly Property[];
}

export interface ConnectFields {
  readonly clientId: Text;
  /** Clean session of 3.x, clean start of 5. */
  readonly clean?: boolean;
  readonly keepAliveSeconds?: number;
  readonly will?: WillFields;
  readonly username?: Text;
  readonly password?: Text;
  readonly properties?: readonly Property[];
  /** Instead of the right ones. */
  readonly protocolName?: string;
  readonly protocolLevel?: number;
  /** Bits to flip in the connect flags. */
  readonly flipFlags?: number;
}

export interface PublishFields {
  readonly topic: Text;
  readonly payload?: Text;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly dup?: boolean;
  /** For QoS 1 and 2. */
  readonly id?: number;
  readonly properties?: readonly Property[];
}

export interface SubscriptionFields {
  readonly filter: Text;
  readonly qos?: number;
  readonly noLocal?: boolean;
  readonly retainAsPublished?: boolean;
  readonly retainHandling?: number;
}

export type AckType = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';

const ackFirstBytes: Readonly<Record<AckType, number>> = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 };

export const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
export const two = (value: number): Buffer => bytes((value >> 8) & 0xff, value & 0xff);
const four = (value: number): Buffer => Buffer.concat([two(value >>> 16), two(value)]);

export function text(value: Text): Buffer {
  const content = Buffer.from(value as string);
  return Buffer.concat([two(content.length), content]);
}

export function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  do {
    out.push((rest % 128) | (rest > 127 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(out);
}

/** A whole packet from its first byte and what follows the remaining length. */
export function packet(first: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([bytes(first), varint(body.length), body]);
}

function property([name, value]: Property): Buffer {
  const [id, coding] = propertyTable[name];
  return Buffer.concat([bytes(id), propertyValue(coding, value)]);
}

function propertyValue(coding: Coding, value: PropertyValue): Buffer {
  switch (coding) {
    case 'byte':
      return bytes(value as number);
    case 'two':
      return two(value as number);
    case 'four':
      return four(value as number);
    case 'varint':
      return varint(value as number);
    case 'text':
    case 'binary':
      return text(value as string | Buffer);
    case 'pair':
      return Buffer.concat((value as readonly string[]).map(text));
  }
}

/** With their length; nothing before MQTT 5. */
function propertyBlock(level: Level, properties: readonly Property[] = []): Buffer {
  if (level < 5) return Buffer.alloc(0);
  const content = Buffer.concat(properties.map(property));
  return Buffer.concat([varint(content.length), content]);
}

export function connect(level: Level, fields: ConnectFields): Buffer {
  const { clientId, clean = true, keepAliveSeconds = 0, will, username, password, properties, flipFlags = 0 } = fields;
  const willFlags = will ? 0x04 | ((will.qos ?? 0) << 3) | (will.retain === true ? 0x20 : 0) : 0;
  const flags = (clean ? 0x02 : 0) | willFlags | (password === undefined ? 0 : 0x40) | (username === undefined ? 0 : 0x80);
  return packet(
    0x10,
    text(fields.protocolName ?? (level === 3 ? 'MQIsdp' : 'MQTT')),
    bytes(fields.protocolLevel ?? level, flags ^ flipFlags),
    two(keepAliveSeconds),
    propertyBlock(level, properties),
    text(clientId),
    ...(will ? [propertyBlock(level, will.properties), text(will.topic), text(will.payload ?? '')] : []),
    ...(username === undefined ? [] : [text(username)]),
    ...(password === undefined ? [] : [text(password)]),
  );
}

export function publish(level: Level, fields: PublishFields): Buffer {
  const { topic, payload = '', qos = 0, retain = false, dup = false, id = 1, properties } = fields;
  return packet(
    0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
    text(topic),
    qos > 0 ? two(id) : Buffer.alloc(0),
    propertyBlock(level, properties),
    Buffer.from(payload as string),
  );
}

/** In the short form where nothing is to be said, as every version allows. */
export function ack(type: AckType, id: number, code = 0, properties: readonly Property[] = []): Buffer {
  if (properties.length > 0) return packet(ackFirstBytes[type], two(id), bytes(code), propertyBlock(5, properties));
  return code === 0 ? packet(ackFirstBytes[type], two(id)) : packet(ackFirstBytes[type], two(id), bytes(code));
}

export function subscribe(level: Level, id: number, subscriptions: readonly SubscriptionFields[], properties?: readonly Property[]): Buffer {
  const option = ({ qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0 }: SubscriptionFields): number =>
    qos | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | (retainHandling << 4);
  return packet(0x82, two(id), propertyBlock(level, properties), ...subscriptions.flatMap((one) => [text(one.filter), bytes(option(one))]));
}

export function unsubscribe(level: Level, id: number, filters: readonly Text[], properties?: readonly Property[]): Buffer {
  return packet(0xa2, two(id), propertyBlock(level, properties), ...filters.map(text));
}

export const pingreq: Buffer = bytes(0xc0, 0);

export function disconnect(code = 0, properties: readonly Property[] = []): Buffer {
  if (properties.length > 0) return packet(0xe0, bytes(code), propertyBlock(5, properties));
  return code === 0 ? packet(0xe0) : packet(0xe0, bytes(code));
}

export function auth(code: number, properties: readonly Property[]): Buffer {
  return packet(0xf0, bytes(code), propertyBlock(5, properties));
}
