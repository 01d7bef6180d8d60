import { subscribePacket } from '../../../support/raw-mqtt.ts';
import { place, type LoadThreadData, type SubscribeLoad } from './load-settings.ts';
import { RawClient } from './raw-client.ts';

/** Connections made at the same time. */
const lanes = 16;

/** Connects and subscribes; then counts what comes, and acknowledges it. */
export async function openSubscribers({ filters, qos }: SubscribeLoad, { port, index, shared }: LoadThreadData): Promise<void> {
  const counters = new Int32Array(shared);
  const slot = place.received + index;
  const count = (received: number): void => {
    Atomics.add(counters, slot, received);
    Atomics.notify(counters, slot);
  };
  let next = 0;
  const openSome = async (): Promise<void> => {
    for (let n = next++; n < filters.length; n = next++) {
      const client = await RawClient.open(port, `subscriber-${index}-${n}`);
      const suback = client.until(9, 1);
      client.send(subscribePacket(filters[n] ?? [], qos));
      await suback;
      countAndAcknowledge(client, count);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, filters.length) }, openSome));
}

function countAndAcknowledge(client: RawClient, count: (received: number) => void): void {
  let received = 0;
  let answers = new Uint8Array(256);
  let answered = 0;
  const answer = (first: number, data: Uint8Array, idAt: number): void => {
    if (answered === answers.length) {
      const larger = new Uint8Array(answers.length * 2);
      larger.set(answers);
      answers = larger;
    }
    answers[answered] = first;
    answers[answered + 1] = 2;
    answers[answered + 2] = data[idAt] as number;
    answers[answered + 3] = data[idAt + 1] as number;
    answered += 4;
  };
  client.each = (data, at) => {
    const first = data[at] as number;
    if (first >> 4 === 3) {
      received += 1;
      if ((first & 6) !== 0) answer((first & 6) === 2 ? 0x40 : 0x50, data, packetIdAt(data, at));
    } else if (first >> 4 === 6) answer(0x70, data, at + 2);
  };
  client.afterRead = () => {
    if (received > 0) count(received);
    received = 0;
    if (answered === 0) return;
    client.send(answers.slice(0, answered));
    answered = 0;
  };
}

/** Where the packet id of the PUBLISH at `at` is, or its payload when it has none. */
export function packetIdAt(data: Uint8Array, at: number): number {
  let body = at + 1;
  while ((data[body++] as number) > 127);
  return body + 2 + (((data[body] as number) << 8) | (data[body + 1] as number));
}
