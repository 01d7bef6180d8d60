import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onPath } from '../../../../tools/system.ts';
import { newProfile } from '../../../shared/connections/new-profile.ts';
import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import type { PublishMessage, PublishPropertyTexts } from '../../../shared/contract/publish-message.ts';
import type { PublishRun } from '../../../shared/contract/publishing.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { openLocalBroker, type LocalBroker } from '../broker/local-broker.ts';
import { createConnections } from '../connections/index.ts';
import { createMessageSender, createPublishing, type Publishing } from './index.ts';
import type { MessageSender, OutgoingMessage } from './send-message.ts';
import { needs } from '../../../../test/support/needs.ts';

const patience = { timeout: 15_000 };
const lab = 'connection:lab';
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const textOf = ({ payload }: OutgoingMessage): string => new TextDecoder().decode(payload);
const noProperties: PublishPropertyTexts = {
  ...{ contentType: '', responseTopic: '', correlationData: '', correlationAs: 'text', messageExpirySeconds: null, payloadIsUtf8: null, topicAlias: null },
  userProperties: [],
};
const message = (topic: string, payload: string, more: Partial<PublishMessage> = {}): PublishMessage => ({
  ...{ topic, payload, format: 'text', qos: null, retain: null, fillIn: true, properties: null },
  ...more,
});

let folder: string;
const cleanups: (() => unknown)[] = [];
const bugs: unknown[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'publishing-'));
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  expect(bugs.splice(0)).toEqual([]);
});

interface Bench {
  readonly publishing: Publishing;
  readonly sent: OutgoingMessage[];
  /** What becomes of a message. */
  answer: (message: OutgoingMessage) => Promise<{ readonly note: string | null }>;
  live: boolean;
}

async function open(profile: Partial<ConnectionProfile> = {}, sender?: MessageSender): Promise<Bench> {
  const bench: { -readonly [K in keyof Bench]?: Bench[K] } & Omit<Bench, 'publishing'> = {
    sent: [],
    live: true,
    answer: () => Promise.resolve({ note: null }),
  };
  const fake: MessageSender = {
    send(_source, outgoing) {
      bench.sent.push(outgoing);
      return bench.answer(outgoing);
    },
    isLive: () => bench.live,
  };
  bench.publishing = await createPublishing({
    sender: sender ?? fake,
    profiles: () => [newProfile('lab', { name: 'Lab', ...profile })],
    environments: {
      activeVariables: () =>
        Promise.resolve({
          values: new Map([
            ['site', 'north'],
            ['quoted', '"x"'],
          ]),
          secrets: [],
          missing: [],
          environment: null,
        }),
    },
    encode: ({ text }) => Promise.resolve(text === 'bad' ? { problem: { reason: 'no value', line: 2, column: 3 } } : { bytes: bytes(`<${text}>`) }),
    historyFile: path.join(folder, 'history', 'published.json'),
    now: Date.now,
    clock: () => performance.now(),
    random: () => 0.5,
    onBug: (error) => bugs.push(error),
  });
  const made = bench as Bench;
  cleanups.push(() => made.publishing.close());
  return made;
}

const publishOnce = (bench: Bench, wanted: PublishMessage, more: object = {}): ReturnType<Publishing['publish']> =>
  bench.publishing.publish({ source: lab, message: wanted, answers: {}, knowingly: false, ...more });
const ended = async (bench: Bench): Promise<PublishRun> => {
  await vi.waitFor(() => expect(bench.publishing.runs.list()[0]?.state).not.toBe('running'), patience);
  return bench.publishing.runs.list()[0] as PublishRun;
};

describe('one message', () => {
  it('is filled in everywhere, with variables, answers and functions', async () => {
    const bench = await open();
    const properties = {
      ...noProperties,
      contentType: '{{site}}/x',
      correlationData: '{{$ask hex}}',
      correlationAs: 'hex',
      userProperties: [['{{counter}}', '{{site}}']],
    } as const;
    const filled = message('{{site}}/{{$ask room}}', 'at {{site}}, {{counter}}', {
      properties: { ...properties, userProperties: [['{{counter}}', '{{site}}']] },
    });
    await publishOnce(bench, filled, { answers: { room: 'hall', hex: 'ff 00' } });
    expect(bench.sent[0]).toMatchObject({
      topic: 'north/hall',
      properties: { contentType: 'north/x', correlationData: Uint8Array.of(255, 0), userProperties: [['1', 'north']] },
    });
    expect(textOf(bench.sent[0] as OutgoingMessage)).toBe('at north, 2');
    await publishOnce(bench, message('{{site}}', '{{counter}}', { fillIn: false }));
    expect(bench.sent[1]).toMatchObject({ topic: '{{site}}' });
    expect(textOf(bench.sent[1] as OutgoingMessage)).toBe('{{counter}}');
  });

  it('of JSON stays JSON whatever is filled in, and is sent as typed where nothing is', async () => {
    const bench = await open();
    await publishOnce(bench, message('a', '{ "t": "{{quoted}}", "n": {{counter}} }', { format: 'json' }));
    await publishOnce(bench, message('a', '{ "t":   1 }', { format: 'json' }));
    expect(bench.sent.map(textOf)).toEqual(['{"t":"\\"x\\"","n":1}', '{ "t":   1 }']);
  });

  it('takes QoS and Retain from the connection, by the topic it is filled in to', async () => {
    const bench = await open({ publishDefaults: { qos: 1, retain: false, topics: [{ topic: 'north', qos: null, retain: true }] } });
    expect(await publishOnce(bench, message('{{site}}', 'x'))).toEqual({ note: null, topic: 'north', qos: 1, retain: true });
    expect(await publishOnce(bench, message('{{site}}', 'x', { qos: 0, retain: false }))).toMatchObject({ qos: 0, retain: false });
  });

  it('says which part is wrong, and why', async () => {
    const bench = await open();
    await expect(publishOnce(bench, message('a', '{{nothing}}'))).rejects.toMatchObject({ code: 'bad-input', message: /^The payload: “nothing” is not known/ });
    await expect(publishOnce(bench, message('{{site}}/#', 'x'))).rejects.toMatchObject({ code: 'invalid-topic' });
    await expect(publishOnce(bench, message('a', 'xyz', { format: 'hex' }))).rejects.toMatchObject({ message: /^The payload: .*hex digit/ });
    await expect(publishOnce(bench, message('a', 'bad', { format: 'codec', codec: { name: 'x', params: {} } }))).rejects.toMatchObject({
      message: 'The payload: no value, in line 2, column 3.',
    });
    await expect(publishOnce(bench, message('a', '', { properties: { ...noProperties, correlationData: 'zz', correlationAs: 'hex' } }))).rejects.toMatchObject({
      message: /^The correlation data/,
    });
    await expect(publishOnce(bench, message('a', '{{$ask level integer}}'), { answers: { level: 'x' } })).rejects.toMatchObject({
      message: /“level”: Enter a whole/,
    });
    await expect(publishOnce(bench, message('gf_int_v1/a/request/D/1', '[1]', { fillIn: false }))).rejects.toMatchObject({
      code: 'would-silence-peer',
    });
    expect(bench.sent).toEqual([]);
    await publishOnce(bench, message('gf_int_v1/a/request/D/1', '[1]'), { knowingly: true });
    await publishOnce(bench, message('a', 'ignored', { format: 'empty' }));
    expect(bench.sent.map(textOf)).toEqual(['[1]', '']);
  });
});

it('stops at what a pika device cannot take, where such devices are at the other end', async () => {
  const bench = await open({ pikaPeers: true });
  await expect(publishOnce(bench, message('t'.repeat(65), 'x'))).rejects.toMatchObject({ code: 'risky-publish', message: /65 bytes; a pika device keeps 64/ });
  await expect(publishOnce(bench, message('t', 'x'.repeat(1100)))).rejects.toMatchObject({ code: 'risky-publish', message: /larger than 1024/ });
  await expect(publishOnce(bench, message('t', '0061', { format: 'hex' }))).rejects.toMatchObject({ code: 'risky-publish', message: /NUL at byte 1/ });
  expect(bench.sent).toEqual([]);
  await publishOnce(bench, message('t'.repeat(65), 'x'), { knowingly: true });
  await publishOnce(bench, message('t', 'fine'));
  expect(bench.sent).toHaveLength(2);
  await publishOnce(await open(), message('t'.repeat(65), 'x'));
});

describe('again and again', () => {
  const repeat = (bench: Bench, wanted: PublishMessage, more: object = {}): Promise<unknown> =>
    bench.publishing.repeat({ source: lab, message: wanted, answers: {}, knowingly: false, everyMs: 10, count: 5, ...more });

  it('fills each one in anew, counts, and ends', async () => {
    const bench = await open();
    await repeat(bench, message('a', '{{counter}} {{uuid}}'));
    expect(await ended(bench)).toMatchObject({ state: 'done', sent: 5, total: 5, problem: null });
    expect(bench.sent.map((one) => textOf(one).split(' ')[0])).toEqual(['1', '2', '3', '4', '5']);
    expect(new Set(bench.sent.map(textOf)).size).toBe(5);
    const { id } = bench.publishing.runs.list()[0] as PublishRun;
    bench.publishing.runs.dismiss(id);
    expect(bench.publishing.runs.list()).toEqual([]);
  });

  it('goes on until it is stopped, and not a message further', async () => {
    const bench = await open();
    await repeat(bench, message('a', 'x'), { count: null });
    await vi.waitFor(() => expect(bench.sent.length).toBeGreaterThan(2), patience);
    const { id } = bench.publishing.runs.list()[0] as PublishRun;
    expect(() => bench.publishing.runs.dismiss(id)).toThrow(CodedError);
    bench.publishing.runs.stop(id);
    const { length } = bench.sent;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(bench.sent).toHaveLength(length);
    expect(await ended(bench)).toMatchObject({ state: 'stopped', total: null });
  });

  it('ends with the connection, and with the first message that is refused', async () => {
    const bench = await open();
    await repeat(bench, message('a', 'x'), { everyMs: 60_000, count: null });
    bench.live = false;
    bench.publishing.sourcesChanged();
    expect(await ended(bench)).toMatchObject({ state: 'failed', problem: { code: 'not-connected' } });
    await expect(repeat(bench, message('a', 'x'))).rejects.toMatchObject({ code: 'not-connected' });
    bench.live = true;
    bench.answer = () => Promise.reject(new CodedError('publish-refused', 'No.', { advice: 'Ask.' }));
    await repeat(bench, message('a', 'x'));
    await vi.waitFor(
      () => expect(bench.publishing.runs.list()[1]).toMatchObject({ state: 'failed', sent: 0, problem: { message: 'No.', advice: 'Ask.' } }),
      patience,
    );
  });

  it('has a bounded number of messages under way, and of runs', async () => {
    const bench = await open();
    bench.answer = () => new Promise(() => undefined);
    void repeat(bench, message('a', 'x'), { count: null });
    await vi.waitFor(() => expect(bench.sent).toHaveLength(20), patience);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(bench.sent).toHaveLength(20);
    for (let at = 1; at < 20; at += 1) await repeat(bench, message('a', 'x'), { everyMs: 60_000, count: null });
    await expect(repeat(bench, message('a', 'x'))).rejects.toMatchObject({ code: 'invalid-state' });
    for (const { id } of bench.publishing.runs.list()) bench.publishing.runs.stop(id);
    // What never comes back must not keep the program from ending: the engine waits a moment at most.
    cleanups.length = 0;
  });

  it('warns before retained messages on a topic of their own each time', async () => {
    const bench = await open();
    const changing = message('a/{{counter}}', 'x', { retain: true });
    await expect(repeat(bench, changing)).rejects.toMatchObject({ code: 'risky-publish', message: /one of 5 topics/ });
    await expect(repeat(bench, changing, { count: null })).rejects.toMatchObject({ code: 'risky-publish', message: /topic of its own/ });
    await repeat(bench, message('a', '{{counter}}', { retain: true }));
    await repeat(bench, changing, { knowingly: true });
    await vi.waitFor(() => expect(bench.sent).toHaveLength(10), patience);
    expect(new Set(bench.sent.map(({ topic }) => topic))).toEqual(new Set(['a', 'a/1', 'a/2', 'a/3', 'a/4', 'a/5']));
  });
});

describe('a file line by line', () => {
  const lines = (bench: Bench, wanted: PublishMessage, text: string | Uint8Array<ArrayBuffer>, more: object = {}): ReturnType<Publishing['lines']> => {
    const file = { name: 'f.txt', bytes: typeof text === 'string' ? bytes(text) : text };
    return bench.publishing.lines({ source: lab, message: wanted, answers: {}, knowingly: false, file, everyMs: 0, skipEmpty: true, ...more });
  };

  it('sends each line as it stands, and names what is in it', async () => {
    const bench = await open();
    expect(await lines(bench, message('d/{{line.id}}/{{lineNumber}}', 'ignored'), '\uFEFF{"id":"a"}\r\n\r\n{"id":"{{site}}"}\n')).toMatchObject({ lines: 2 });
    expect(await ended(bench)).toMatchObject({ kind: 'lines', fileName: 'f.txt', total: 2, sent: 2, state: 'done' });
    expect(bench.sent.map((one) => [one.topic, textOf(one)])).toEqual([
      ['d/a/1', '{"id":"a"}'],
      ['d/{{site}}/3', '{"id":"{{site}}"}'],
    ]);
  });

  it('reads lines in the format of the message, and sends none where one is wrong', async () => {
    const bench = await open();
    await lines(bench, message('a', '', { format: 'hex' }), 'ff 01\n02');
    await ended(bench);
    expect(bench.sent.map(({ payload }) => [...payload])).toEqual([[255, 1], [2]]);
    await lines(bench, message('a', '', { format: 'codec', codec: { name: 'x', params: {} } }), '{{site}}');
    await vi.waitFor(() => expect(bench.sent.map(textOf).at(-1)).toBe('<{{site}}>'), patience);
    await expect(lines(bench, message('a', '', { format: 'json' }), '1\n{\n3')).rejects.toMatchObject({
      code: 'bad-input',
      message: /^Line 2: The payload: This is not JSON/,
    });
    await expect(lines(bench, message('a', ''), Uint8Array.of(0xff))).rejects.toMatchObject({ message: /not UTF-8/ });
    await expect(lines(bench, message('a', ''), '\n \n')).rejects.toMatchObject({ message: /no lines/ });
    await expect(lines(bench, message('a', ''), 'x\n'.repeat(100_001))).rejects.toMatchObject({ message: /100,001 lines/ });
    expect(bench.sent).toHaveLength(3);
  });

  it('can be cancelled on the way, and warns where its lines are retained on many topics', async () => {
    const bench = await open();
    await lines(bench, message('a', ''), 'x\n'.repeat(1000), { everyMs: 20 });
    await vi.waitFor(() => expect(bench.sent.length).toBeGreaterThan(1), patience);
    bench.publishing.runs.stop(bench.publishing.runs.list()[0]?.id ?? '');
    expect((await ended(bench)).sent).toBeLessThan(1000);
    await expect(lines(bench, message('{{line}}', '', { retain: true }), 'a\nb\na')).rejects.toMatchObject({ message: /one of 2 topics/ });
  });

  it('keeps empty lines where they are asked for', async () => {
    const bench = await open();
    expect(await lines(bench, message('a', ''), 'x\n\ny\n', { skipEmpty: false })).toMatchObject({ lines: 3 });
    await ended(bench);
    expect(bench.sent.map(textOf)).toEqual(['x', '', 'y']);
  });
});

describe('what was published here', () => {
  it('is kept as it was written, over a restart, a hundred of each source', async () => {
    const bench = await open();
    for (let at = 0; at < 105; at += 1) await publishOnce(bench, message(`t/${at}`, '{{site}}'));
    bench.answer = () => Promise.reject(new CodedError('publish-refused', 'No.'));
    await expect(publishOnce(bench, message('last', '{{$ask x}}'), { answers: { x: '1' } })).rejects.toMatchObject({ message: 'No.' });
    await bench.publishing.close();
    const { history } = (await open()).publishing;
    const rows = history.rows(lab);
    expect(rows).toHaveLength(100);
    expect(rows.slice(0, 2)).toMatchObject([
      { topic: 'last', problem: 'No.', kept: true },
      { topic: 't/104', preview: '{{site}}', problem: null },
    ]);
    expect(history.message(lab, rows[0]?.id ?? 0)).toMatchObject({ message: { topic: 'last', payload: '{{$ask x}}' }, answers: { x: '1' } });
    expect(history.rows('broker')).toEqual([]);
    expect(await readFile(path.join(folder, 'history', 'published.json'), 'utf8')).not.toContain('north');
    history.clear(lab);
    expect(history.rows(lab)).toEqual([]);
    expect(() => history.message(lab, 1)).toThrow(CodedError);
  });

  it('is not kept where it is long', async () => {
    const bench = await open();
    await publishOnce(bench, message('a', 'x'.repeat(70_000)));
    expect(bench.publishing.history.rows(lab)).toMatchObject([{ kept: false, preview: 'x'.repeat(200) }]);
  });
});

const mosquittoSub = onPath('mosquitto_sub');

describe('seen by mosquitto_sub', () => {
  needs(mosquittoSub !== undefined, 'mosquitto_sub is not installed');

  interface Seen {
    readonly topic: string;
    readonly qos: number;
    readonly payload: string;
    /** As it was printed. */
    readonly line: string;
    readonly properties?: Record<string, unknown>;
  }

  /** Resolves once it is subscribed. */
  async function subscriber(local: LocalBroker, filter: string): Promise<Seen[]> {
    const seen: Seen[] = [];
    const port = String(local.listeners[0]?.port ?? 0);
    const child: ChildProcess = spawn(mosquittoSub ?? '', ['-V', '5', '-h', '127.0.0.1', '-p', port, '-q', '2', '-t', filter, '-F', '%j'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    cleanups.push(async () => {
      child.kill();
      await once(child, 'exit');
    });
    createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> }).on('line', (line) =>
      seen.push({ ...(JSON.parse(line) as Omit<Seen, 'line'>), line }),
    );
    await vi.waitFor(() => expect(local.engine.clients().some(({ subscriptions }) => subscriptions.some((one) => one.filter === filter))).toBe(true), patience);
    return seen;
  }

  it('every property arrives, user properties in their order with duplicates, over a connection', async () => {
    const local = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
    cleanups.push(() => local.close());
    const port = local.listeners[0]?.port ?? 0;
    const profile = newProfile('lab', { name: 'Lab', uri: `mqtt://127.0.0.1:${port}` });
    const connections = createConnections({
      ...{ profiles: [profile], secrets: () => Promise.resolve({}), now: Date.now, random: Math.random },
      ...{ onMessages: () => undefined, onNotification: () => undefined, onChange: () => undefined },
    });
    cleanups.push(() => connections.close());
    await connections.connect('lab');
    const broker = { status: () => ({ phase: 'stopped' }) as never, publish: () => Promise.reject(new Error('not asked')) };
    const bench = await open({}, createMessageSender({ broker, connections }));
    const seen = await subscriber(local, 'out/#');
    const properties: PublishPropertyTexts = {
      ...{
        contentType: 'text/plain',
        responseTopic: 'back/{{site}}',
        correlationData: 'aGk=',
        correlationAs: 'base64',
        messageExpirySeconds: 90,
        payloadIsUtf8: true,
      },
      topicAlias: 2,
      userProperties: [
        ['b', '1'],
        ['a', '{{counter}}'],
        ['b', '2'],
      ],
    };
    await publishOnce(bench, message('out/x', 'hi {{site}}', { qos: 2, properties }));
    // The alias was used before: the topic still goes with it.
    await publishOnce(bench, message('out/y', '', { qos: 1, properties: { ...noProperties, topicAlias: 2 } }));
    await vi.waitFor(() => expect(seen).toHaveLength(2), patience);
    expect(seen[0]).toMatchObject({ topic: 'out/x', qos: 2, payload: 'hi north' });
    expect(seen[0]?.properties).toMatchObject({
      'content-type': 'text/plain',
      'response-topic': 'back/north',
      'correlation-data': 'hi',
      'payload-format-indicator': 1,
    });
    // An object with names that repeat, which JSON.parse does not keep.
    expect(seen[0]?.line.replaceAll(' ', '')).toContain('{"b":"1","a":"1","b":"2"}');
    expect(seen[0]?.properties?.['message-expiry-interval']).toBeGreaterThan(80);
    expect(seen[1]).toMatchObject({ topic: 'out/y', qos: 1 });
    const above = message('out/z', '', { properties: { ...noProperties, topicAlias: 65_535 } });
    await expect(publishOnce(bench, above)).rejects.toMatchObject({ code: 'publish-refused', message: /topic alias/ });
  });
});
