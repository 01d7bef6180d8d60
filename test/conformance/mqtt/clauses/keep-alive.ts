import { setTimeout as delay } from 'node:timers/promises';
import { publish } from '../wire.ts';
import { assert, type Clause } from './clause.ts';
import { unlessHeldUp } from './held-up.ts';

export const keepAliveClauses: readonly Clause[] = [
  {
    title: 'a silent client is disconnected after one and a half times its keep alive, not before',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-24', 5: 'MQTT-3.1.2-22' },
    run: (scene) =>
      unlessHeldUp(async () => {
        const client = await scene.dial();
        // The broker counts from CONNECT, which a busy machine may show it long before its answer is seen here.
        const began = performance.now();
        await client.connect(scene.fields({ keepAliveSeconds: 1 }));
        await client.expectRefused(0x8d, 5000);
        const tookMs = performance.now() - began;
        assert(tookMs > 1490 && tookMs < 4500, `closed after ${Math.round(tookMs)} ms`);
      }),
  },
  {
    title: 'any packet keeps a connection alive',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-24', 5: 'MQTT-3.1.2-22' },
    run: (scene) =>
      unlessHeldUp(async () => {
        const client = await scene.connect({ keepAliveSeconds: 1 });
        for (let count = 0; count < 4; count += 1) {
          await delay(600);
          if (count % 2 === 0) await client.ping();
          else client.send(publish(scene.level, { topic: scene.topic() }));
        }
        await client.ping();
      }),
  },
  {
    title: 'what a client receives does not count as a sign of its life',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-24', 5: 'MQTT-3.1.2-22' },
    run: (scene) =>
      unlessHeldUp(async () => {
        const client = await scene.connect({ keepAliveSeconds: 1 });
        await client.subscribe(scene.topic());
        const publisher = await scene.connect();
        const deadline = performance.now() + 5000;
        while (!client.closed && performance.now() < deadline) {
          await publisher.publish({ topic: scene.topic() });
          await delay(100);
        }
        assert(client.closed, 'the connection was kept');
      }),
  },
  {
    title: 'without keep alive a silent client is left alone',
    versions: { 3: '§3.1', 4: '§3.1.2.10', 5: '§3.1.2.10' },
    async run(scene) {
      const client = await scene.connect({ keepAliveSeconds: 0 });
      await client.expectNothing(2500);
    },
  },
];
