import { setTimeout } from 'node:timers/promises';
import { publishPacket, subscribePacket } from '../../../support/raw-mqtt.ts';
import { place, type LoadThreadData, type ProbeLoad } from './load-settings.ts';
import { RawClient } from './raw-client.ts';
import { packetIdAt } from './subscribe.ts';

/** Messages that are sent before any counts: the first ones find a broker cold. */
const warmUpMs = 1000;
/** What has not come so long after the last one was sent is missing. */
const patienceMs = 2000;

export interface ProbeResult {
  /** Of each message, from before its write until it was read, in ms. */
  readonly latenciesMs: readonly number[];
  readonly missing: number;
}

/** Sender and receiver share a thread, and with it a clock. */
export async function openProbe({ topic, qos, payloadBytes, perSecond }: ProbeLoad, { port, shared }: LoadThreadData): Promise<() => Promise<ProbeResult>> {
  const counters = new Int32Array(shared);
  const receiver = await RawClient.open(port, 'probe-receiver');
  const suback = receiver.until(9, 1);
  receiver.send(subscribePacket([topic], qos));
  await suback;
  const sender = await RawClient.open(port, 'probe-sender');
  return async () => {
    const latenciesMs: number[] = [];
    const stamp = new DataView(new ArrayBuffer(8));
    const began = performance.now();
    receiver.each = (data, at) => {
      const type = (data[at] as number) >> 4;
      if (type === 6) receiver.send(Uint8Array.of(0x70, 2, data[at + 2] as number, data[at + 3] as number));
      if (type !== 3) return;
      const id = packetIdAt(data, at);
      if (qos > 0) receiver.send(Uint8Array.of(qos === 1 ? 0x40 : 0x50, 2, data[id] as number, data[id + 1] as number));
      const payload = id + (qos > 0 ? 2 : 0);
      for (let byte = 0; byte < 8; byte += 1) stamp.setUint8(byte, data[payload + byte] as number);
      const sentAt = stamp.getFloat64(0);
      if (sentAt >= began + warmUpMs) latenciesMs.push(performance.now() - sentAt);
    };
    // PUBREC asks for PUBREL.
    sender.each = (data, at) => {
      if ((data[at] as number) >> 4 === 5) sender.send(Uint8Array.of(0x62, 2, data[at + 2] as number, data[at + 3] as number));
    };
    let sent = 0;
    let counted = 0;
    while (Atomics.load(counters, place.stop) === 0) {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      for (; sent < due; sent += 1) {
        const packet = publishPacket(topic, Buffer.alloc(payloadBytes), { qos, id: (sent % 65_535) + 1 });
        const now = performance.now();
        packet.writeDoubleBE(now, packet.length - payloadBytes);
        if (now >= began + warmUpMs) counted += 1;
        sender.send(packet);
      }
      await setTimeout(1);
    }
    const deadline = performance.now() + patienceMs;
    while (latenciesMs.length < counted && performance.now() < deadline) await setTimeout(5);
    return { latenciesMs, missing: counted - latenciesMs.length };
  };
}
