import { disconnectPacket } from '../../../support/raw-mqtt.ts';
import { place, type ConnectLoad, type LoadThreadData } from './load-settings.ts';
import { RawClient } from './raw-client.ts';

/** Connects, waits for CONNACK, says goodbye, and begins anew, until it is stopped. */
export function openConnecting({ atATime }: ConnectLoad, { port, index, shared }: LoadThreadData): Promise<() => Promise<void>> {
  const counters = new Int32Array(shared);
  const connectAgainAndAgain = async (lane: number): Promise<void> => {
    for (let turn = 0; Atomics.load(counters, place.stop) === 0; turn += 1) {
      const client = await RawClient.open(port, `visitor-${index}-${lane}-${turn}`);
      Atomics.add(counters, place.sent + index, 1);
      client.send(disconnectPacket);
      client.close();
    }
  };
  return Promise.resolve(async () => void (await Promise.all(Array.from({ length: atATime }, (_, lane) => connectAgainAndAgain(lane)))));
}
