import { propertyTable, type AckType, type Level, type Property, type PropertyName, type PropertyValue } from './wire.ts';

/** What a broker sent, read strictly: reserved bits, trailing bytes, unknown or misplaced properties and bad UTF-8 are errors. */

interface Basis {
  /** As received, fixed header included. */
  readonly bytes: Buffer;
  /** In the order received; empty before MQTT 5. */
  readonly properties: readonly Property[];
}

export interface ReceivedConnack extends Basis {
  readonly type: 'connack';
  readonly sessionPresent: boolean;
  readonly code: number;
}

export interface ReceivedPublish extends Basis {
  readonly type: 'publish';
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
  /** 0 for QoS 0. */
  readonly id: number;
}

interface ReceivedAck extends Basis {
  readonly type: AckType;
  readonly id: number;
  readonly code: number;
}

export interface ReceivedCodes extends Basis {
  readonly type: 'suback' | 'unsuback';
  readonly id: number;
  readonly codes: readonly number[];
}

interface ReceivedReason extends Basis {
  readonly type: 'disconnect' | 'auth';
  readonly code: number;
}

interface ReceivedPing extends Basis {
  readonly type: 'pingresp';
}

interface ReceivedByType extends Readonly<Record<AckType, ReceivedAck>> {
  readonly connack: ReceivedConnack;
  readonly publish: ReceivedPublish;
  readonly suback: ReceivedCodes;
  readonly unsuback: ReceivedCodes;
  readonly pingresp: ReceivedPing;
  readonly disconnect: ReceivedReason;
  readonly auth: ReceivedReason;
}

export type ReceivedType = keyof ReceivedByType;
export type ReceivedOf<T extends ReceivedType> = ReceivedByType[T];
export type Received = ReceivedByType[ReceivedType];

/** Where MQTT 5 lets a server send each property (table 2-4). */
const allowed: Readonly<Partial<Record<ReceivedType, readonly PropertyName[]>>> = {
  connack: [
    'sessionExpiryInterval',
    'assignedClientIdentifier',
    'serverKeepAlive',
    'authenticationMethod',
    'authenticationData',
    'responseInformation',
    'serverReference',
    'reasonString',
    'receiveMaximum',
    'topicAliasMaximum',
    'maximumQos',
    'retainAvailable',
    'userProperty',
    'maximumPacketSize',
    'wildcardSubscriptionAvailable',
    'subscriptionIdentifierAvailable',
    'sharedSubscriptionAvailable',
  ],
  publish: [
    'payloadFormatIndicator',
    'messageExpiryInterval',
    'contentType',
    'responseTopic',
    'correlationData',
    'subscriptionIdentifier',
    'topicAlias',
    'userProperty',
  ],
  disconnect: ['serverReference', 'reasonString', 'userProperty'],
  auth: ['authenticationMethod', 'authenticationData', 'reasonString', 'userProperty'],
};
const acknowledgement: readonly PropertyName[] = ['reasonString', 'userProperty'];
const repeatable: ReadonlySet<PropertyName> = new Set<PropertyName>(['userProperty', 'subscriptionIdentifier']);

const namesById = new Map(Object.entries(propertyTable).map(([name, [id]]) => [id as number, name as PropertyName]));
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Length of the packet at the beginning, or `null` while its header is incomplete. */
export function packetLength(data: Buffer): number | null {
  let length = 0;
  for (let at = 1; at < 5; at += 1) {
    const byte = data[at];
    if (byte === undefined) return null;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if (byte < 0x80) return at + 1 + length;
  }
  throw new Error(`a remaining length of more than four bytes: ${data.toString('hex', 0, 8)}`);
}

/** Throws when the packet is not one a server may send in this version. */
export function readPacket(data: Buffer, level: Level): Received {
  try {
    return new Reader(data, level).packet();
  } catch (error) {
    throw new Error(`a packet no broker may send: ${(error as Error).message} in ${data.toString('hex', 0, 200)}`, { cause: error });
  }
}

const acks: Readonly<Record<number, AckType>> = { 4: 'puback', 5: 'pubrec', 6: 'pubrel', 7: 'pubcomp' };

class Reader {
  readonly #data: Buffer;
  readonly #level: Level;
  #at = 0;

  constructor(data: Buffer, level: Level) {
    this.#data = data;
    this.#level = level;
  }

  packet(): Received {
    const first = this.#byte();
    this.#varint();
    const read = this.#body(first);
    if (this.#at !== this.#data.length) throw new Error(`${this.#data.length - this.#at} bytes too many`);
    return read;
  }

  #body(first: number): Received {
    const type = first >> 4;
    if (type === 3) return this.#publish(first & 0x0f);
    if ((first & 0x0f) !== (type === 6 ? 2 : 0)) throw new Error('wrong flags in the fixed header');
    const ack = acks[type];
    if (ack) return this.#ack(ack);
    if (type === 2) return this.#connack();
    if (type === 9 || type === 11) return this.#codes(type === 9 ? 'suback' : 'unsuback');
    if (type === 13) return { type: 'pingresp', ...this.#none() };
    if (type === 14 && this.#level === 5) return this.#reason('disconnect');
    if (type === 15 && this.#level === 5) return this.#reason('auth');
    throw new Error(`packet type ${type}`);
  }

  #connack(): ReceivedConnack {
    const flags = this.#byte();
    if (flags > 1) throw new Error('reserved CONNACK flags');
    return { type: 'connack', sessionPresent: flags === 1, code: this.#byte(), ...this.#properties('connack') };
  }

  #publish(flags: number): ReceivedPublish {
    const qos = (flags >> 1) & 3;
    if (qos === 3) throw new Error('QoS 3');
    const topic = this.#text();
    const id = qos > 0 ? this.#two() : 0;
    if (qos > 0 && id === 0) throw new Error('packet id 0');
    const properties = this.#properties('publish');
    return { type: 'publish', topic, qos, retain: (flags & 1) === 1, dup: flags >= 8, id, ...properties, payload: this.#rest() };
  }

  #ack(type: AckType): ReceivedAck {
    const id = this.#two();
    if (id === 0) throw new Error('packet id 0');
    if (this.#level < 5 || this.#atEnd) return { type, id, code: 0, ...this.#none() };
    const code = this.#byte();
    return { type, id, code, ...(this.#atEnd ? this.#none() : this.#properties(type)) };
  }

  #codes(type: 'suback' | 'unsuback'): ReceivedCodes {
    const id = this.#two();
    const properties = this.#properties(type);
    const codes = type === 'unsuback' && this.#level < 5 ? [] : [...this.#rest()];
    return { type, id, ...properties, codes };
  }

  #reason(type: 'disconnect' | 'auth'): ReceivedReason {
    if (this.#atEnd) return { type, code: 0, ...this.#none() };
    const code = this.#byte();
    return { type, code, ...(this.#atEnd ? this.#none() : this.#properties(type)) };
  }

  #none(): Basis {
    return { bytes: this.#data, properties: [] };
  }

  #properties(type: ReceivedType): Basis {
    const properties: Property[] = [];
    if (this.#level === 5) {
      const end = this.#varint() + this.#at;
      const seen = new Set<PropertyName>();
      while (this.#at < end) {
        const id = this.#varint();
        const name = namesById.get(id);
        if (!name || !(allowed[type] ?? acknowledgement).includes(name)) throw new Error(`property ${name ?? id} in ${type}`);
        if (seen.has(name) && !repeatable.has(name)) throw new Error(`property ${name} twice`);
        seen.add(name);
        properties.push([name, this.#propertyValue(name)]);
      }
      if (this.#at !== end) throw new Error('a property reaches over the end of the properties');
    }
    return { bytes: this.#data, properties };
  }

  #propertyValue(name: PropertyName): PropertyValue {
    switch (propertyTable[name][1]) {
      case 'byte':
        return this.#byte();
      case 'two':
        return this.#two();
      case 'four':
        return this.#two() * 65_536 + this.#two();
      case 'varint':
        return this.#varint();
      case 'text':
        return this.#text();
      case 'binary':
        return this.#take(this.#two());
      case 'pair':
        return [this.#text(), this.#text()];
    }
  }

  get #atEnd(): boolean {
    return this.#at === this.#data.length;
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#data.length) throw new Error('it ends too early');
    this.#at += length;
    return this.#data.subarray(this.#at - length, this.#at);
  }

  #rest(): Buffer {
    return this.#take(this.#data.length - this.#at);
  }

  #byte(): number {
    return this.#take(1).readUInt8();
  }

  #two(): number {
    return this.#take(2).readUInt16BE();
  }

  #varint(): number {
    let value = 0;
    for (let digit = 0; digit < 4; digit += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 128 ** digit;
      if (byte < 0x80) {
        if (byte === 0 && digit > 0) throw new Error('a variable byte integer longer than needed');
        return value;
      }
    }
    throw new Error('a variable byte integer of more than four bytes');
  }

  #text(): string {
    const value = utf8.decode(this.#take(this.#two()));
    if (value.includes('\0')) throw new Error('U+0000 in a string');
    return value;
  }
}
