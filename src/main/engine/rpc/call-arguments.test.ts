import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCallArguments, type CallArguments } from './call-arguments.ts';

let folder: string;
const file = (name: string): string => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'call-'));
  writeFileSync(file('params.json'), '{"from": "file"}');
  writeFileSync(file('password'), 'looking-glass\nignored\n');
  writeFileSync(file('odd.json'), '{"request": {"id": "id"}}');
  const own = { request: { topic: '{topic}/rpc', id: '/id', method: '/m' }, response: { topic: '{client}/rpc', id: '/id' } };
  writeFileSync(file('own.json'), JSON.stringify(own));
  // As the workspace keeps it.
  writeFileSync(file('kept.json'), JSON.stringify({ version: 1, dialect: { id: 'own', name: 'Own', description: '', profile: own } }));
});
afterAll(() => rmSync(folder, { recursive: true }));

let ids = 0;
const read = (args: readonly string[], env: Record<string, string> = {}): Promise<CallArguments | 'help'> =>
  readCallArguments(args, {
    env,
    readStandardInput: () => Promise.resolve('{"from": "input"}'),
    newId: () => `0000000${(ids += 1) % 10}-0000-4000-8000-000000000000`,
  });

const call = ['mqtt://lab', 'edge/a', 'm'];

async function planOf(args: readonly string[], env?: Record<string, string>): Promise<CallArguments['plan']> {
  const given = await read([...call, ...args], env);
  if (given === 'help') throw new Error('help');
  return given.plan;
}

const payloadOf = ({ request }: CallArguments['plan']): string => new TextDecoder().decode(request.message.payload);

describe('the arguments of a call', () => {
  it('need no options', async () => {
    const { link, request, timeoutMs } = await planOf([]);
    expect(link).toMatchObject({ uri: { host: 'lab', port: 1883 }, username: undefined, password: undefined });
    expect(link.profile).toMatchObject({ version: '5', cleanStart: true, tls: { verify: 'required' }, connectTimeoutSeconds: 10 });
    expect(link.clientId).toMatch(/^workbench-[0-9a-f]{8}$/);
    expect(request.replyTo).toBe(`mqtt-workbench/${link.clientId}`);
    expect(payloadOf({ request } as CallArguments['plan'])).toContain(`"params": null, "reply_to": "${request.replyTo}", "caller_id": "${link.clientId}"}`);
    expect(timeoutMs).toBe(30_000);
  });

  it.each([
    [['--params', '{"a": [1]}'], '"params": {"a": [1]}'],
    [['--params=-5'], '"params": -5'],
    [['--params', '12345678901234567890'], '"params": 12345678901234567890'],
    [['--params', '-'], '"params": {"from": "input"}'],
    [['--caller-id', 'robot'], '"caller_id": "robot"'],
    [['--reply-to', 'cloud/x'], '"reply_to": "cloud/x"'],
  ])('%j', async (args, text) => {
    expect(payloadOf(await planOf(args))).toContain(text);
  });

  it('may stand in files', async () => {
    expect(payloadOf(await planOf(['--params', `@${file('params.json')}`]))).toContain('"params": {"from": "file"}');
    for (const name of ['own.json', 'kept.json']) {
      const { request, link } = await planOf(['--dialect', `@${file(name)}`]);
      expect([request.message.topic, request.replyTo]).toEqual(['edge/a/rpc', `${link.clientId}/rpc`]);
    }
  });

  it('reach the connection', async () => {
    const { link, timeoutMs } = await planOf(['--client-id', 'c', '--mqtt', '3.1.1', '--insecure', '--timeout', '0.25', '--connect-timeout', '3']);
    expect(link.clientId).toBe('c');
    expect(link.profile).toMatchObject({ version: '3.1.1', tls: { verify: 'none' }, connectTimeoutSeconds: 3 });
    expect(timeoutMs).toBe(250);
  });

  it.each([
    [['--username', 'a', '--password', 'p'], {}, 'a', 'p'],
    [['--username', 'a', '--password-file', 'FILE'], { MQTT_WORKBENCH_PASSWORD: 'e' }, 'a', 'looking-glass'],
    [['--username', 'a'], { MQTT_WORKBENCH_PASSWORD: 'e' }, 'a', 'e'],
    [[], { MQTT_WORKBENCH_PASSWORD: 'e' }, undefined, undefined],
    [['--password', 'p'], {}, undefined, 'p'],
  ])('take the password from %j and %j', async (args, env: Record<string, string>, username, password) => {
    const { link } = await planOf(
      args.map((arg) => (arg === 'FILE' ? file('password') : arg)),
      env,
    );
    expect([link.username, link.password]).toEqual([username, password]);
  });

  it('take user and password from the address, where the options do not say otherwise', async () => {
    const of = async (...args: string[]): Promise<unknown> => {
      const given = await read(['mqtt://u:p%40@lab', 'edge/a', 'm', ...args]);
      return given === 'help' ? undefined : [given.plan.link.username, given.plan.link.password];
    };
    expect(await of()).toEqual(['u', 'p@']);
    expect(await of('--username', 'v', '--password', 'q')).toEqual(['v', 'q']);
  });

  it('may ask for help, or leave the method empty where the topic is all', async () => {
    expect(await read(['--help'])).toBe('help');
    const given = await read(['mqtt://lab', 'plant/start', '', '--dialect', 'mqtt5']);
    expect(given === 'help' || given.plan.request.message.topic).toBe('plant/start');
  });

  it.each([
    [[], 'A call needs three things'],
    [['mqtt://lab', 'edge/a'], 'A call needs three things'],
    [[...call, 'extra'], '"extra" is one argument too many'],
    [['http://lab', 'edge/a', 'm'], 'is a web address'],
    [['mqtt://lab', 'edge/+', 'm'], 'The request cannot go to the topic "edge/+"'],
    [['mqtt://lab', '', 'm'], 'The topic is empty'],
    [[...call, '--reply-to', 'a/#'], 'The answer cannot go to the topic "a/#"'],
    [[...call, '--params', '{"a"'], '--params: This is not JSON: it ends too early'],
    [[...call, '--params', '['.repeat(600) + ']'.repeat(600)], '--params: nested deeper'],
    [[...call, '--params', '@/no/such/file'], '--params: the file "/no/such/file" cannot be read (ENOENT)'],
    [[...call, '--password-file', '/no/such/file'], '--password-file: the file'],
    [[...call, '--timeout', '0'], '--timeout needs seconds from 0.001 to 86400, not "0"'],
    [[...call, '--timeout', '1e3'], '--timeout needs seconds'],
    [[...call, '--mqtt', '4'], '--mqtt is 3.1, 3.1.1 or 5'],
    [[...call, '--dialect', 'soap'], 'There is no dialect "soap", but mqttxx2, mqttxx4, jsonrpc, mqtt5'],
    [[...call, '--dialect', 'mqttxx4', '--mqtt', '3.1.1'], 'needs the properties of MQTT 5'],
    [[...call, '--dialect', 'jsonrpc', '--params', '5'], 'an object or a list'],
    [[...call, '--mqtt', '3.1.1', '--password', 'p'], 'only together with --username'],
    [[...call, '--nope'], '--nope'],
  ])('%j are refused', async (args, text) => {
    await expect(read(args)).rejects.toThrow(text);
  });

  it('are refused where the description of a dialect is wrong, with all that is', async () => {
    await expect(read([...call, '--dialect', `@${file('odd.json')}`])).rejects.toThrow(
      /odd\.json does not describe a dialect: .*request\.id: a JSON pointer.*; response: /,
    );
  });
});
