import type { PacketBatch, TraceEvent } from '../../../../shared/contract/broker-inside.ts';
import { packPackets } from '../../../../shared/messages/packed-packets.ts';
import type { TappedConnection, TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import { monotonicMs } from '../../monotonic.ts';
import { BatchQueue } from '../batch-queue.ts';
import type { TraceBatch } from '../broker-contract.ts';

/** Rough cost of a packet beside its bytes, of an event, and of each receiver in it. */
const packetOverheadBytes = 40;
const eventBytes = 120;
const receiverBytes = 150;

/** The times of a broker are those of `performance` in its thread, which begins to count when the thread does. */
const clockOffsetUs = (performance.timeOrigin + performance.now()) * 1000 - monotonicMs() * 1000;

const queueLimit = { maxQueuedBytes: 16_777_216 };

/** Packets on their way to one reader. */
export class PacketQueue extends BatchQueue<TappedPacket, PacketBatch> {
  constructor() {
    super(queueLimit);
  }

  #connections: TappedConnection[] = [];

  push(packet: TappedPacket, first: TappedConnection | null): void {
    if (first !== null) this.#connections.push(first);
    this.add(packet, packetOverheadBytes + packet.bytes.byteLength);
  }

  protected override pack(list: readonly TappedPacket[]): { readonly batch: PacketBatch; readonly bytes: number } {
    const packets = packPackets(list);
    const connections = this.#connections;
    this.#connections = [];
    return { batch: { packets, count: list.length, lost: this.dropped, connections }, bytes: packets.byteLength };
  }
}

/** Events of the trace on their way to the engine. */
export class TraceQueue extends BatchQueue<TraceEvent, TraceBatch> {
  constructor() {
    super(queueLimit);
  }

  push(event: TraceEvent): void {
    this.add(event, event.kind === 'routed' ? eventBytes + event.receivers.length * receiverBytes : eventBytes);
  }

  protected override pack(events: readonly TraceEvent[], bytes: number): { readonly batch: TraceBatch; readonly bytes: number } {
    return { batch: { events, lost: this.dropped, clockOffsetUs }, bytes };
  }
}
