import { subscribePacket } from '../../../support/raw-mqtt.ts';
import type { AskLoad, LoadThreadData } from './load-settings.ts';
import { RawClient } from './raw-client.ts';

const firstByteOf = { suback: 9, publish: 3 } as const;

/** Connects; what comes back takes the steps and answers the ms that each took. */
export async function openAsker({ steps }: AskLoad, { port }: LoadThreadData): Promise<() => Promise<readonly number[]>> {
  const client = await RawClient.open(port, 'asker');
  return async () => {
    const took: number[] = [];
    for (const { subscribes, until, count } of steps) {
      const packets = Buffer.concat(subscribes.map((filters, index) => subscribePacket(filters, 0, index + 1)));
      const began = performance.now();
      const done = client.until(firstByteOf[until], count);
      client.send(packets);
      await done;
      took.push(performance.now() - began);
    }
    return took;
  };
}
