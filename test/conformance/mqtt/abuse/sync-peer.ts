import type { BrokerCore } from '../../../../src/main/engine/broker/core/broker-core.ts';
import { packetLength, readPacket, type Received, type ReceivedOf, type ReceivedType } from '../read-packet.ts';
import { SyncStream } from '../sync-stream.ts';
import { connect, type ConnectFields, type Level } from '../wire.ts';

/** A client in the same turn as the core: it sends when told to and reads when asked. */
export class SyncPeer {
  readonly name: string;
  readonly level: Level;
  readonly stream = new SyncStream(16_384, () => undefined);
  #data: Buffer = Buffer.alloc(0);

  /** `name` is the address the core sees. */
  constructor(core: BrokerCore, level: Level, name: string) {
    this.name = name;
    this.level = level;
    core.handle(this.stream.asDuplex(), { transport: 'tcp', address: name });
  }

  /** The broker has ended the connection. */
  get isOut(): boolean {
    return !this.stream.writable;
  }

  send(...packets: readonly Uint8Array[]): this {
    this.stream.deliver(packets.length === 1 ? (packets[0] as Uint8Array) : Buffer.concat(packets));
    return this;
  }

  connect(fields: Partial<ConnectFields> = {}): this {
    return this.send(connect(this.level, { clientId: this.name, ...fields }));
  }

  /** All that has come since it was asked last. */
  read(): readonly Received[] {
    const list: Received[] = [];
    this.#data = this.#data.length === 0 ? this.stream.take() : Buffer.concat([this.#data, this.stream.take()]);
    let at = 0;
    for (;;) {
      const rest = this.#data.subarray(at);
      const length = packetLength(rest);
      if (length === null || rest.length < length) break;
      list.push(readPacket(rest.subarray(0, length), this.level));
      at += length;
    }
    this.#data = this.#data.subarray(at);
    return list;
  }

  /** What has come, which has to be one packet of this type. */
  expect<T extends ReceivedType>(type: T): ReceivedOf<T> {
    const list = this.read();
    if (list.length !== 1 || list[0]?.type !== type)
      throw new Error(`${this.name} got ${list.map((one) => one.type).join(', ') || 'nothing'} instead of ${type}`);
    return list[0] as ReceivedOf<T>;
  }
}
