import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectToCore } from '../../../../../test/support/core-client.ts';
import type { BrokerHandler, HandlerStatus } from '../../../../shared/contract/broker-handlers.ts';
import type { TraceEvent } from '../../../../shared/contract/broker-inside.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { createScripts } from '../../scripts/index.ts';
import type { Refusal } from '../broker-engine.ts';
import { BrokerCore, type BrokerCoreOptions } from '../core/broker-core.ts';
import { BrokerHandlers } from './broker-handlers.ts';

const scripts = createScripts({ onBug: (error) => bugs.push(error) });
const bugs: unknown[] = [];
const ends: (() => Promise<void>)[] = [];
beforeEach(() => void bugs.splice(0));
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  expect(bugs).toEqual([]);
});
afterAll(() => scripts.close());

const handler = (part: Partial<BrokerHandler> & Pick<BrokerHandler, 'source'>): BrokerHandler => ({
  ...{
    id: 'one',
    name: part.id ?? 'one',
    on: 'publish',
    pattern: '#',
    match: 'text',
    enabled: true,
    observe: false,
    stop: false,
    timeoutMs: 5000,
    failure: 'through',
  },
  ...part,
});

interface Lab {
  readonly core: BrokerCore;
  readonly handlers: BrokerHandlers;
  readonly events: TraceEvent[];
  readonly records: MessageRecord[];
  readonly refusals: Refusal[];
  /** What was done to each message, in words. */
  deeds(): readonly string[];
  status(id?: string): HandlerStatus;
  lines(): readonly string[];
}

async function lab(list: readonly BrokerHandler[], options: Partial<BrokerCoreOptions> = {}, limits = {}): Promise<Lab> {
  const core = new BrokerCore({ nowUs: () => Date.now() * 1000, onBug: (error) => bugs.push(error), ...options });
  const handlers = new BrokerHandlers({ scripts, now: Date.now, limits });
  const [events, records, refusals]: [TraceEvent[], MessageRecord[], Refusal[]] = [[], [], []];
  core.inside.onTrace((event) => events.push(event));
  core.onPublish((record) => records.push(record));
  core.onRefused((refusal) => refusals.push(refusal));
  handlers.attach(core);
  handlers.set(list);
  ends.push(async () => {
    handlers.detach();
    await core.close();
  });
  const status = (id = 'one'): HandlerStatus => handlers.status().handlers.find((one) => one.id === id) as HandlerStatus;
  // Threads and machines take their time on a busy computer.
  await expect.poll(() => handlers.status().handlers.every(({ phase }) => phase !== 'loading'), { timeout: 20_000 }).toBe(true);
  return {
    ...{ core, handlers, events, records, refusals, status },
    deeds: () =>
      events.flatMap((event) =>
        event.kind === 'routed' ? (event.handlers ?? []).map(({ handler: name, did, about }) => `${name} ${did} ${about}`.trim()) : [],
      ),
    lines: () => handlers.log().lines.map(({ level, text, line }) => `${level}${line === null ? '' : ` ${line}`}: ${text}`),
  };
}

const texts = (packets: readonly { readonly topic: string; readonly payload: Uint8Array }[]): readonly string[] =>
  packets.map(({ topic, payload }) => `${topic} ${Buffer.from(payload).toString()}`);

const patience = { timeout: 20_000 };

describe('on PUBLISH', () => {
  it.each([4, 5] as const)('change topic, payload, QoS, retain and properties (level %i)', async (level) => {
    const { core, deeds } = await lab([
      handler({
        pattern: 'raw/{device}',
        source: `export const handle = (message) => ({ topic: 'lab/' + message.captures.device, payload: { value: Number(message.text) / 10, from: message.client.id }, qos: 1, retain: true,
          properties: { ...message.properties, contentType: 'application/json', userProperties: [['by', 'handler']] } });`,
      }),
    ]);
    const reader = await connectToCore(core, 'reader', 5);
    await reader.subscribe({ filter: '#', qos: 2 });
    const device = await connectToCore(core, 'device', level);
    const answer = await device.publish({ topic: 'raw/t1', payload: '215', qos: 2 });
    expect(answer.code ?? 0).toBe(0);
    const got = await reader.receive();
    expect(texts([got])).toEqual(['lab/t1 {"value":21.5,"from":"device"}']);
    expect([got.qos, got.properties]).toEqual([
      1,
      [
        ['contentType', 'application/json'],
        ['userProperty', ['by', 'handler']],
      ],
    ]);
    const late = await connectToCore(core, 'late', level);
    await late.subscribe('lab/#');
    expect(texts([await late.receive()])).toEqual(['lab/t1 {"value":21.5,"from":"device"}']);
    expect(deeds()).toEqual(['one changed topic, which was raw/t1, payload, QoS, which was 2, retain, properties']);
  });

  it.each([4, 5] as const)('acknowledge what was dropped as if it had been routed, with every QoS, and refuse with a reason code (level %i)', async (level) => {
    const { core, deeds, records, refusals, status } = await lab([
      handler({ source: `export const handle = ({ text }) => (text === 'drop' ? drop() : text === 'refuse' ? refuse('not today', 0x97) : undefined);` }),
    ]);
    const reader = await connectToCore(core, 'reader', 5);
    await reader.subscribe('#');
    const device = await connectToCore(core, 'device', level);
    for (const qos of [0, 1, 2] as const) expect((await device.publish({ topic: 't', payload: 'drop', qos })).code ?? 0).toBe(0);
    for (const qos of [1, 2] as const) expect((await device.publish({ topic: 't', payload: 'refuse', qos })).code ?? 0).toBe(level === 5 ? 0x97 : 0);
    await device.publish({ topic: 't', payload: 'pass', qos: 2 });
    expect(texts([await reader.receive()])).toEqual(['t pass']);
    await reader.expectNothing();
    expect(deeds()).toEqual(['one dropped', 'one dropped', 'one dropped', 'one refused not today', 'one refused not today']);
    expect(records.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['drop', 'drop', 'drop', 'refuse', 'refuse', 'pass']);
    expect(refusals.map(({ clientId, reason, denied }) => [clientId, reason, denied?.topic, denied?.handler])).toEqual([
      ['device', 'Refused by the handler “one”: not today.', 't', 'one'],
      ['device', 'Refused by the handler “one”: not today.', 't', 'one'],
    ]);
    expect(status()).toMatchObject({ phase: 'ready', runs: 6, dropped: 3, refused: 2, failed: 0 });
  });

  it('keep the order of a publisher, and let nobody else wait', async () => {
    const { core, handlers } = await lab([
      handler({ pattern: 'slow', source: `export const handle = async ({ text }) => { await sleep(300); return text + '!'; };` }),
    ]);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe({ filter: '#', qos: 0 });
    const [one, other] = [await connectToCore(core, 'one'), await connectToCore(core, 'other')];
    void one.publish({ topic: 'slow', payload: '1' });
    void one.publish({ topic: 'quick', payload: '2' });
    void one.publish({ topic: 'quick', payload: '3' });
    await expect.poll(() => handlers.status().waiting, patience).toBe(3);
    await other.publish({ topic: 'quick', payload: 'other', qos: 1 });
    expect(texts([await reader.receive()])).toEqual(['quick other']);
    expect(texts([await reader.receive(), await reader.receive(), await reader.receive()])).toEqual(['slow 1!', 'quick 2', 'quick 3']);
    expect(handlers.status().waiting).toBe(0);
  });

  it('run in their order, stop where one says so, and see what those before have changed', async () => {
    const source = (name: string): string => `export const handle = ({ topic, text }) => ({ topic: topic === 'a' ? 'b' : topic, payload: text + '${name}' });`;
    const { core } = await lab([
      handler({ id: 'one', pattern: 'a', source: source('1') }),
      handler({ id: 'two', pattern: 'b', stop: true, source: source('2') }),
      handler({ id: 'three', pattern: 'b', source: source('3') }),
    ]);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    await core.publish({ topic: 'a', payload: Buffer.from(''), qos: 0, retain: false });
    await core.publish({ topic: 'c', payload: Buffer.from('c'), qos: 0, retain: false });
    expect(texts([await reader.receive(), await reader.receive()])).toEqual(['b 12', 'c c']);
  });

  it('take the wills of clients, and what is not UTF-8 as bytes', async () => {
    const { core } = await lab([
      handler({
        pattern: 'gone/{client}',
        source: `export const handle = ({ will, bytes, client }) => new Uint8Array([Number(will), ...bytes, client.id.length]);`,
      }),
    ]);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    const device = await connectToCore(core, { clientId: 'dev', will: { topic: 'gone/dev', payload: Uint8Array.of(0xff, 0xfe) } });
    device.drop();
    expect([...(await reader.receive()).payload]).toEqual([1, 0xff, 0xfe, 3]);
  });

  it('answer the publisher alone or publish elsewhere, and do not handle what handlers publish', async () => {
    const { core, deeds } = await lab([
      handler({
        source: `export const handle = async (message) => {
          await message.reply(message.text.toUpperCase());
          await publish('log', { seen: message.topic, times: (state.times = (state.times ?? 0) + 1) }, { retain: true, qos: 1 });
        };`,
      }),
    ]);
    const [device, reader] = [await connectToCore(core, 'device', 5), await connectToCore(core, 'reader')];
    await reader.subscribe('#');
    await device.publish({
      topic: 'ask',
      payload: 'hi',
      qos: 1,
      properties: [
        ['responseTopic', 'answers'],
        ['correlationData', Buffer.of(1, 2)],
      ],
    });
    const answer = await device.receive();
    expect(texts([answer])).toEqual(['answers HI']);
    expect(answer.properties).toEqual([['correlationData', Buffer.of(1, 2)]]);
    expect(texts([await reader.receive(), await reader.receive()])).toEqual(['log {"seen":"ask","times":1}', 'ask hi']);
    await reader.expectNothing();
    expect(deeds()).toEqual(['one made', 'one made', 'one answered answers', 'one answered log']);
  });

  it('only observe: nothing waits, and what they return counts for nothing', async () => {
    const { core, lines, status } = await lab([
      handler({ observe: true, source: `export const handle = async ({ topic }) => { await sleep(50); console.log('saw', topic); return drop(); };` }),
    ]);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    await core.publish({ topic: 'a', payload: Buffer.from('x'), qos: 0, retain: false });
    expect(texts([await reader.receive()])).toEqual(['a x']);
    await expect.poll(lines, patience).toEqual(['log: saw a']);
    expect(status()).toMatchObject({ runs: 1, dropped: 0, changed: 0 });
  });

  it('route a QoS 2 message once that is sent again while it is held', async () => {
    const { core, handlers } = await lab([handler({ pattern: 't', source: `export const handle = () => sleep(300);` })]);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    const first = await connectToCore(core, { clientId: 'device', clean: false, properties: [['sessionExpiryInterval', 100]] });
    void first.publish({ topic: 't', payload: 'x', qos: 2, id: 9 }).catch(() => undefined);
    await expect.poll(() => handlers.status().waiting, patience).toBe(1);
    first.drop();
    const again = await connectToCore(core, { clientId: 'device', clean: false, properties: [['sessionExpiryInterval', 100]] });
    await again.publish({ topic: 't', payload: 'x', qos: 2, id: 9, dup: true });
    expect(texts([await reader.receive()])).toEqual(['t x']);
    await reader.expectNothing();
  });

  it('read no more from a client of which too much waits, and then go on', async () => {
    const { core, handlers } = await lab([handler({ pattern: 't', source: `export const handle = () => sleep(100);` })], {}, { clientMessages: 4 });
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe({ filter: '#', qos: 0 });
    const device = await connectToCore(core, 'device');
    for (let number = 0; number < 8; number += 1) void device.publish({ topic: 't', payload: String(number) });
    await expect.poll(() => handlers.status(), { ...patience, interval: 5 }).toMatchObject({ waiting: 4, paused: 1 });
    const got: string[] = [];
    while (got.length < 8) got.push(...texts([await reader.receive()]));
    expect(got).toEqual(Array.from({ length: 8 }, (_, at) => `t ${at}`));
    expect(handlers.status()).toMatchObject({ waiting: 0, paused: 0 });
  });
});

describe('a handler that goes wrong', () => {
  it.each([
    ['throws', `export const handle = () => {\n  throw new RangeError('broken');\n};`, 'broken', 2],
    ['loops', `export const handle = () => {\n  for (;;) Math.random();\n};`, 'processor time', null],
    ['allocates', `export const handle = () => {\n  const all = [];\n  for (;;) all.push(new Uint8Array(1e6));\n};`, 'memory', null],
    ['returns what is no message', `export const handle = () => ({ temperature: 3 });`, 'temperature', null],
    ['publishes to a wildcard', `export const handle = () =>\n  publish('a/+', 'x');`, 'wildcard', 2],
  ])('%s: the message goes on, with the error and its line', async (_what, source, message, line) => {
    const { core, status, deeds } = await lab([handler({ source, timeoutMs: 1000 })]);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    const device = await connectToCore(core, 'device');
    await device.publish({ topic: 't', payload: 'x', qos: 1 });
    expect(texts([await reader.receive()])).toEqual(['t x']);
    expect(status()).toMatchObject({ phase: 'ready', failed: 1 });
    await expect.poll(() => status().lastError?.message, patience).toContain(message);
    if (line !== null) expect(status().lastError?.line).toBe(line);
    expect(deeds()[0]).toContain('one failed');
  });

  it('is waited for no longer than its time; the message is let through or dropped, as it says', async () => {
    const source = `export const handle = () => new Promise(() => undefined);`;
    const { core, status } = await lab([
      handler({ id: 'one', pattern: 'let', source, timeoutMs: 50 }),
      handler({ id: 'two', pattern: 'drop', source, timeoutMs: 50, failure: 'drop' }),
    ]);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    const device = await connectToCore(core, 'device');
    await device.publish({ topic: 'drop', payload: 'x', qos: 1 });
    await device.publish({ topic: 'let', payload: 'x', qos: 1 });
    expect(texts([await reader.receive()])).toEqual(['let x']);
    expect(status('one')).toMatchObject({ timedOut: 1, failed: 1, dropped: 0 });
    expect(status('two')).toMatchObject({ timedOut: 1, dropped: 1 });
    expect(status('one').lastError?.message).toBe('It did not answer within 50 ms.');
  });

  it('is switched off after ten failures in a row, and is on again when it is restarted or changed', async () => {
    const { core, handlers, status, lines } = await lab([
      handler({ source: `export const handle = ({ text }) => { if (text === 'bad') throw new Error('no'); return text + '!'; };` }),
    ]);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    const say = async (payload: string): Promise<string> => {
      await core.publish({ topic: 't', payload: Buffer.from(payload), qos: 0, retain: false });
      return Buffer.from((await reader.receive()).payload).toString();
    };
    for (let times = 0; times < 9; times += 1) expect(await say('bad')).toBe('bad');
    expect(await say('good')).toBe('good!');
    for (let times = 0; times < 10; times += 1) expect(await say('bad')).toBe('bad');
    expect(status().phase).toBe('switched-off');
    expect(lines().at(-1)).toContain('Switched off');
    expect(await say('good')).toBe('good');
    handlers.restart('one');
    expect(await say('good')).toBe('good!');
  });

  it('cannot be loaded: nobody waits for it, and it says where', async () => {
    const { core, status, lines } = await lab([
      handler({ source: `const x = 1;\nexport const handle = ( => x;` }),
      handler({ id: 'two', source: 'const a = 1;' }),
    ]);
    expect(status()).toMatchObject({ phase: 'unusable', lastError: { line: 2 } });
    expect(status('two').lastError?.message).toContain('export a function named handle');
    expect(lines().some((text) => text.startsWith('error 2:'))).toBe(true);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    await core.publish({ topic: 't', payload: Buffer.from('x'), qos: 0, retain: false });
    await reader.receive();
  });
});

describe('on SUBSCRIBE', () => {
  it.each([4, 5] as const)('answer that client alone, on its filter or another topic, after SUBACK (level %i)', async (level) => {
    const { core, deeds } = await lab([
      handler({
        id: 'one',
        on: 'subscribe',
        pattern: 'config/{client}',
        source: `export const handle = ({ client, filter }) => 'for ' + client.id + ' on ' + filter;`,
      }),
      handler({
        id: 'two',
        on: 'subscribe',
        pattern: 'lab/+',
        source: `export const handle = ({ qos }) => [{ topic: 'lab/a', payload: { qos }, qos: 2 }, { topic: 'lab/b', payload: 'b', retain: true }];`,
      }),
      handler({ id: 'three', on: 'subscribe', match: 'mqtt', pattern: 'hello', source: `export const handle = () => 'world';` }),
    ]);
    const bystander = await connectToCore(core, 'bystander');
    await bystander.subscribe('config/#');
    const client = await connectToCore(core, 'me', level);
    expect((await client.subscribe({ filter: 'config/me', qos: 0 })).codes).toEqual([0]);
    expect(texts([await client.receive()])).toEqual(['config/me for me on config/me']);
    await client.subscribe({ filter: 'lab/+', qos: 1 });
    const [a, b] = [await client.receive(), await client.receive()];
    expect(texts([a, b])).toEqual(['lab/a {"qos":1}', 'lab/b b']);
    expect([a.qos, b.qos, b.retain]).toEqual([1, 0, true]);
    await client.subscribe({ filter: '#', qos: 0 });
    expect(texts([await client.receive()])).toEqual(['hello world']);
    await bystander.expectNothing();
    expect(deeds()).toContain('one made for the subscription to config/me');
  });

  it('say what is wrong where a filter cannot be a topic', async () => {
    const { core, status } = await lab([handler({ on: 'subscribe', pattern: 'lab/+', source: `export const handle = () => 'x';` })]);
    const client = await connectToCore(core, 'me');
    await client.subscribe('lab/+');
    await expect.poll(() => status().lastError?.message, patience).toContain('which no topic has [MQTT-3.3.2-2]');
    await client.expectNothing();
  });
});

describe('on connect and disconnect', () => {
  it.each([
    [4, 5],
    [5, 0x8a],
  ] as const)('let a client in or refuse it with a reason (level %i)', async (level, code) => {
    const { core, refusals, lines } = await lab([
      handler({ id: 'one', on: 'connect', pattern: 'bad-*', source: `export const handle = ({ client }) => refuse(client.id + ' is not welcome', 0x8a);` }),
      handler({
        id: 'two',
        on: 'connect',
        pattern: '',
        observe: true,
        source: `export const handle = ({ client }) => console.log('hello', client.id, client.username);`,
      }),
      handler({ id: 'three', on: 'disconnect', pattern: '*', source: `export const handle = ({ client, ended }) => console.log('bye', client.id, ended);` }),
    ]);
    await expect(connectToCore(core, 'bad-1', level)).rejects.toThrow(String(code));
    const good = await connectToCore(core, { clientId: 'good', username: 'alice' }, level);
    good.drop();
    await expect.poll(lines, patience).toEqual(expect.arrayContaining(['log: hello good alice', 'log: bye good lost']));
    expect(refusals.map(({ clientId, reason }) => [clientId, reason])).toEqual([['bad-1', 'Refused by the handler “one”: bad-1 is not welcome.']]);
  });
});

it('cost nothing while there are none, and take and give up the core as they are switched', async () => {
  const { core, handlers } = await lab([handler({ enabled: false, source: 'export const handle = () => drop();' })]);
  expect(core.handlers).toBeNull();
  handlers.set([handler({ source: 'export const handle = () => drop();' })]);
  expect(core.handlers).toBe(handlers);
  handlers.set([]);
  expect(core.handlers).toBeNull();
});

it('keep their state through a change of the script and a limit, bounded', async () => {
  const count = `export const handle = ({ text }) => { state.n = (state.n ?? 0) + 1; if (text === 'loop') for (;;); if (text === 'big') state.big = 'x'.repeat(70000); return String(state.n); };`;
  const { core, handlers, status } = await lab([handler({ source: count })]);
  const reader = await connectToCore(core, 'reader');
  await reader.subscribe('#');
  const say = async (payload: string): Promise<string> => {
    await core.publish({ topic: 't', payload: Buffer.from(payload), qos: 0, retain: false });
    return Buffer.from((await reader.receive()).payload).toString();
  };
  expect(await say('a')).toBe('1');
  expect(await say('loop')).toBe('loop');
  expect(await say('a')).toBe('2');
  expect(await say('big')).toBe('big');
  expect(status().lastError?.message).toContain('65536 are kept');
  expect(await say('a')).toBe('3');
  handlers.set([handler({ source: `${count}\n// changed` })]);
  expect(await say('a')).toBe('4');
  expect(status().state).toBe('{"n":4}');
});
