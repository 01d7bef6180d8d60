import { expect, it } from 'vitest';
import type { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import * as wire from '../../../../../test/conformance/mqtt/wire.ts';
import { connectToCore, dialCore } from '../../../../../test/support/core-client.ts';
import { activeFault, faultProfile, faultRule, faultyCore } from '../../../../../test/support/faulty-core.ts';
import type { FaultAction } from '../../../../shared/broker/faults/fault-rules.ts';
import { seededRandom } from './fault-random.ts';

it('holds whatever strangers and rules do together', async () => {
  const random = seededRandom(Number(process.env['FAULTS_SEED'] ?? 1));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const actions: readonly FaultAction[] = [
    { kind: 'delay', ms: 5, jitterMs: 20 },
    { kind: 'drop' },
    { kind: 'duplicate', copies: 2 },
    { kind: 'reorder', after: 2, maxMs: 30 },
    { kind: 'corrupt', unit: 'bytes', count: 2, part: pick(['header', 'body', 'payload']) },
    { kind: 'throttle', bytesPerSecond: 500 },
    { kind: 'freeze' },
    { kind: 'disconnect', when: 'packets', n: 4, ending: { how: 'reason', code: 0x8b } },
    { kind: 'disconnect', when: 'seconds', n: 1, ending: { how: 'close' } },
    { kind: 'disconnect', when: 'now', n: 0, ending: { how: 'reset' } },
    { kind: 'refuse', code3: 3, code5: 0x89 },
    { kind: 'no-connack', reset: true },
    { kind: 'silent' },
    { kind: 'stop-reading' },
  ];
  const packets = (level: 4 | 5, id: string): readonly Buffer[] => [
    wire.connect(level, { clientId: id, will: { topic: 'w' } }),
    wire.subscribe(level, 1, [{ filter: '#', qos: 2 }]),
    wire.publish(level, { topic: 'a/b', payload: 'x'.repeat(50), qos: 2, id: 3 }),
    wire.ack('pubrel', 3),
    wire.publish(level, { topic: 'a', qos: 1, id: 4 }),
    wire.pingreq,
    wire.disconnect(),
    Buffer.from(Array.from({ length: 20 }, () => Math.floor(random() * 256))),
  ];
  const { core, clock, on, off, plan, bugs } = faultyCore();
  const clients: RawClient[] = [];
  for (let round = 0; round < 150; round += 1) {
    const rules = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, at) => ({
      ...faultRule(pick(actions), { probability: random(), ...(random() < 0.3 ? { topic: 'a/#' } : {}) }),
      id: `r${at}`,
    }));
    on(
      activeFault(
        faultProfile(rules, random() < 0.2 ? { keys: { dialect: pick(['c', 'python']), publishBeforeSuback: true, shortPublish: random() < 0.5 } } : {}),
        { id: `a${round}` },
      ),
    );
    for (let n = 0; n < 3; n += 1) {
      const level = pick([4, 5] as const);
      const client = dialCore(core, level);
      const [connect, ...others] = packets(level, `c${n}`);
      const bytes = Buffer.concat([connect as Buffer, ...Array.from({ length: 12 }, () => pick(others))]);
      for (let at = 0; at < bytes.length;) {
        const next = at + 1 + Math.floor(random() * 40);
        if (!client.closed) client.send(bytes.subarray(at, next));
        at = next;
        if (random() < 0.1) await new Promise(setImmediate);
      }
      if (random() < 0.5) client.drop();
      else clients.push(client);
    }
    clock.advance(random() * 1500);
    if (random() < 0.3) off();
  }
  off();
  clock.advance(5000);
  // Who behaves is served as ever.
  const { held } = plan.report();
  expect(held).toEqual({ packets: 0, bytes: 0 });
  const healthy = await connectToCore(core, 'healthy');
  await healthy.ping();
  for (const client of [...clients, healthy]) client.drop();
  await core.close();
  expect(bugs).toEqual([]);
});
