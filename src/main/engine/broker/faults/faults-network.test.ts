import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp, dialWebSocket } from '../../../../../test/conformance/mqtt/streams.ts';
import * as wire from '../../../../../test/conformance/mqtt/wire.ts';
import { activeFault, faultProfile, faultRule } from '../../../../../test/support/faulty-core.ts';
import { execute } from '../../../../../tools/project.ts';
import { onPath } from '../../../../../tools/system.ts';
import { noFaults, type ActiveFault, type FaultProfile } from '../../../../shared/broker/faults/fault-rules.ts';
import { brokerOptionsSchema } from '../../../../shared/contract/broker.ts';
import { ClientSession, MqttClient } from '../../mqtt-client/index.ts';
import { openLocalBroker, type LocalBroker } from '../local-broker.ts';
import { needs } from '../../../../../test/support/needs.ts';

const brokers: LocalBroker[] = [];
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close();
});

async function start(engine: 'workbench' | 'aedes' = 'workbench') {
  const broker = await openLocalBroker(brokerOptionsSchema.parse({ engine, tcpPort: 0, webSocketPort: 0 }));
  brokers.push(broker);
  const refusals: string[] = [];
  broker.engine.onRefused(({ reason }) => refusals.push(reason));
  const port = (id: string): number => broker.listeners.find((listener) => listener.id === id)?.port ?? 0;
  return {
    broker,
    refusals,
    port: port('tcp'),
    webSocketPort: port('ws'),
    on: (rules: FaultProfile['rules'], more: Partial<ActiveFault> = {}) =>
      broker.faults.configure({ active: [activeFault(faultProfile(rules), more)], curlListeners: [] }),
    off: () => broker.faults.configure(noFaults),
  };
}

const connectFields = (clientId: string) =>
  ({
    type: 'connect',
    level: 4,
    bridge: false,
    cleanStart: false,
    keepAlive: 60,
    clientId,
    username: null,
    password: null,
    will: null,
    properties: null,
  }) as const;

/** Our own client, which comes back with its session whenever its connection breaks. */
class Returning {
  readonly received: string[] = [];
  readonly #port: number;
  readonly #clientId: string;
  readonly #session = new ClientSession();
  client!: MqttClient;
  connections = 0;
  #isOver = false;

  constructor(port: number, clientId: string) {
    this.#port = port;
    this.#clientId = clientId;
  }

  async connect(): Promise<void> {
    const socket = net.connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    await new Promise<void>((resolve) => {
      this.client = new MqttClient(
        socket,
        { connect: connectFields(this.#clientId), session: this.#session },
        {
          connected: () => {
            this.connections += 1;
            resolve();
          },
          message: ({ payload }) => void this.received.push(Buffer.from(payload).toString()),
          ended: () => {
            resolve();
            if (!this.#isOver) void this.connect();
          },
        },
      );
      this.client.open();
    });
  }

  close(): void {
    this.#isOver = true;
    this.client.destroy();
  }
}

describe('QoS under faults, with our own client on both sides', () => {
  it.each([1, 2] as const)(
    'QoS %i arrives as MQTT says, whatever is doubled, lost and cut',
    async (qos) => {
      const { broker, port, on, off } = await start();
      const [reader, writer] = [new Returning(port, 'reader'), new Returning(port, 'writer')];
      await reader.connect();
      await writer.connect();
      await reader.client.subscribe([{ filter: 't', qos, noLocal: false, retainAsPublished: false, retainHandling: 0 }]);
      on([
        faultRule({ kind: 'duplicate', copies: 1 }, { packets: ['publish'], probability: 0.2 }),
        faultRule({ kind: 'drop' }, { packets: ['publish', 'puback', 'pubrec', 'pubrel', 'pubcomp'], probability: 0.1 }),
        faultRule({ kind: 'delay', ms: 0, jitterMs: 3 }, {}),
        faultRule({ kind: 'disconnect', when: 'packets', n: 60, ending: { how: 'reset' } }),
      ]);
      const all = Array.from({ length: 150 }, (_, n) => `m${n}`);
      let answered = 0;
      for (const payload of all) {
        void writer.client.publish({ topic: 't', payload: Buffer.from(payload), qos, retain: false, properties: null }).then(
          () => (answered += 1),
          () => undefined,
        );
      }
      await expect.poll(() => writer.connections, { timeout: 20_000 }).toBeGreaterThan(2);
      const report = broker.faults.report();
      expect(new Set(report.rules.filter(({ hits }) => hits > 0).map(({ rule }) => rule))).toEqual(new Set(['duplicate', 'drop', 'delay', 'disconnect']));
      // What was lost for good on a connection that goes on, the next one brings.
      off();
      for (const client of [writer, reader]) client.client.destroy();
      await expect.poll(() => answered, { timeout: 20_000 }).toBe(all.length);
      await expect.poll(() => new Set(reader.received).size, { timeout: 20_000 }).toBe(all.length);
      await reader.client.ping();
      if (qos === 2) expect(reader.received.toSorted()).toEqual(all.toSorted());
      else expect(reader.received.length).toBeGreaterThanOrEqual(all.length);
      for (const client of [writer, reader]) client.close();
    },
    60_000,
  );
});

describe('a real network', () => {
  it('ends plain TCP with RST, and WebSocket by closing', async () => {
    const { port, webSocketPort, on, refusals } = await start();
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const tcp = new RawClient(socket, 4);
    await tcp.connect({ clientId: 'tcp' });
    const web = new RawClient(await dialWebSocket(webSocketPort), 4);
    await web.connect({ clientId: 'web' });
    const failed = once(socket, 'error');
    on([faultRule({ kind: 'disconnect', when: 'now', n: 0, ending: { how: 'reset' } })]);
    expect(((await failed)[0] as NodeJS.ErrnoException).code).toBe('ECONNRESET');
    await web.expectClosed();
    await expect.poll(() => refusals.length).toBe(2);
  });

  it('stops reading until the network is full, and goes on', async () => {
    const { port, on, off } = await start();
    const client = new RawClient(await dialTcp(port), 4);
    await client.connect({ clientId: 'a' });
    on([faultRule({ kind: 'stop-reading' }, { direction: 'in' })]);
    const payload = Buffer.alloc(1_000_000);
    for (let n = 0; n < 30; n += 1) client.send(wire.publish(4, { topic: 'x', payload }));
    client.send(wire.pingreq);
    await expect.poll(() => client.stream.writableLength).toBeGreaterThan(1_000_000);
    await client.expectNothing(200);
    expect(client.stream.writableLength).toBeGreaterThan(1_000_000);
    off();
    await client.expectPacket('pingresp', 20_000);
    client.drop();
  }, 40_000);

  it('gives aedes the faults of its stream, for connections that come while they are on', async () => {
    const { port, on, off, refusals, broker } = await start('aedes');
    const early = new RawClient(await dialTcp(port), 4);
    await early.connect({ clientId: 'early' });
    on([faultRule({ kind: 'duplicate', copies: 1 }, { packets: ['publish'], direction: 'out' }), faultRule({ kind: 'drop' }, { packets: ['pingreq'] })]);
    const late = new RawClient(await dialTcp(port), 4);
    await late.connect({ clientId: 'late' });
    for (const client of [early, late]) await client.subscribe({ filter: 't', qos: 0 });
    await broker.engine.publish({ topic: 't', payload: Buffer.from('x'), qos: 0, retain: false });
    await late.publishes(2);
    expect((await early.receive()).payload.toString()).toBe('x');
    await early.ping();
    late.send(wire.pingreq);
    await late.expectNothing(100);
    expect(broker.faults.report().affected.clients.map(({ clientId }) => clientId)).toEqual(['late']);
    on([faultRule({ kind: 'refuse', code3: 3, code5: 0x89 })], { id: 'b' });
    const refused = new RawClient(await dialTcp(port), 4);
    await refused.connect({ clientId: 'c' }, 3);
    await refused.expectClosed();
    expect(refusals.at(-1)).toContain('Refused by the fault');
    off();
    await late.ping();
    for (const client of [early, late]) await client.disconnect();
  });
});

const subCommand = onPath('mosquitto_sub');
const pubCommand = onPath('mosquitto_pub');

describe('mosquitto’s clients', () => {
  needs(subCommand !== undefined && pubCommand !== undefined, 'mosquitto’s clients are not installed');

  it('see delay, loss and duplicates', async () => {
    const { port, on, broker } = await start();
    const child = spawn(subCommand ?? '', ['-p', String(port), '-i', 'sub', '-t', 't', '-q', '2', '-F', '%U %p'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const lines: { readonly seconds: number; readonly text: string }[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter((one) => one !== '')) lines.push({ seconds: Number(line.split(' ')[0]), text: line.split(' ')[1] ?? '' });
    });
    const publish = async (text: string, qos: 0 | 1 | 2): Promise<void> => {
      const { code, stderr } = await execute(pubCommand ?? '', ['-p', String(port), '-t', 't', '-m', text, '-q', String(qos)]);
      expect([code, stderr]).toEqual([0, '']);
    };
    await expect.poll(() => broker.engine.clientCount, { timeout: 10_000 }).toBe(1);
    const only = { scope: { kind: 'client', clientId: 'sub' } } as const;
    on([faultRule({ kind: 'delay', ms: 700, jitterMs: 0 }, { packets: ['publish'], direction: 'out' })], only);
    const before = Date.now() / 1000;
    await publish('late', 0);
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(1);
    expect((lines[0]?.seconds ?? 0) - before).toBeGreaterThan(0.69);
    on([faultRule({ kind: 'drop' }, { packets: ['publish'], direction: 'out', times: 1 })], { ...only, id: 'b' });
    await publish('lost', 0);
    await publish('kept', 0);
    on([faultRule({ kind: 'duplicate', copies: 2 }, { packets: ['publish'], direction: 'out' })], { ...only, id: 'c' });
    await publish('thrice', 1);
    await expect.poll(() => lines.map(({ text }) => text), { timeout: 10_000 }).toEqual(['late', 'kept', 'thrice', 'thrice', 'thrice']);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }, 30_000);
});
