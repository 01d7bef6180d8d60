import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readStrictXml, type XmlElement } from '../../../../../test/support/strict-xml.ts';
import { openCoapServer } from '../../coap/udp/coap-server.ts';
import { createBrokerService, type BrokerService } from '../../broker/index.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let broker: BrokerService;
let url: string;
let folder: string;
const children: ChildProcess[] = [];
const at = (...levels: string[]): string => path.join(folder, ...levels);

beforeAll(async () => {
  broker = createBrokerService({
    workerUrl: new URL('../../broker/broker-worker.ts', import.meta.url),
    now: Date.now,
    random: Math.random,
    onMessages: () => undefined,
    onChange: () => undefined,
    demoDevice: { enabled: true },
  });
  const status = await broker.start({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  url = `mqtt://127.0.0.1:${status.listeners[0]?.port}`;
  await vi.waitUntil(() => broker.clients().some(({ clientId, subscriptions }) => clientId === 'demo-thermostat' && subscriptions.length === 2), {
    timeout: 20_000,
  });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'run-'));
  await plant({ version: 1, name: 'Thermostat', variables: [{ name: 'device', value: 'edge/demo-thermostat' }] }, 'Lab', 'collection.json');
  await plant(call('Status', 'get_status', { captures: [{ name: 'was', path: '$.target' }] }), 'Lab', '1 status.request.json');
  await plant(call('Set', 'set_target', { params: '{"target": {{target|20}}}' }), 'Lab', 'Targets', '1 set.request.json');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
afterAll(() => broker.close());

const call = (name: string, method: string, more: object = {}): object => ({
  version: 1,
  kind: 'rpc',
  name,
  topic: '{{device}}',
  method,
  timeoutMs: 20_000,
  ...more,
});
async function plant(content: unknown, ...levels: string[]): Promise<void> {
  await mkdir(path.dirname(at(...levels)), { recursive: true });
  await writeFile(at(...levels), typeof content === 'string' ? content : JSON.stringify(content));
}
const failing = call('Wrong', 'get_status', {
  assertions: [
    { kind: 'path', path: '$.heater', operator: 'equals', value: '<warm> & "cosy"' },
    { kind: 'path', path: '$.nope', operator: 'exists' },
  ],
});

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly seen: () => string } {
  const tool = path.join(import.meta.dirname, '../../../../../tools/workbench.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', tool, 'run', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { ...process.env, NO_COLOR: '', ...env },
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, seen: () => stdout, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })) };
}
const run = (...args: readonly string[]): Promise<Ended> => start(args).ended;
const lab = (...args: readonly string[]): Promise<Ended> => run('Lab', '--broker', url, ...args);
const shown = (text: string): string => text.replaceAll(/\d+(?:\.\d+)? m?s/g, 'TIME').replaceAll(url, 'ADDRESS');

describe('a run on the command line', () => {
  it('sends requests over UDP without a broker, and beside calls with one', async () => {
    const server = await openCoapServer({
      port: 0,
      host: '127.0.0.1',
      clock: () => performance.now(),
      random: Math.random,
      maxBodyBytes: 1000,
      handle: ({ path: [which] }) =>
        which === 'temp' ? { code: '2.05', contentFormat: 50, payload: new TextEncoder().encode('{"celsius":21}') } : { code: '4.04' },
    });
    try {
      const coap = (name: string, resource: string, more: object = {}): object => ({
        version: 1,
        kind: 'coap',
        name,
        uri: `coap://{{host}}/${resource}`,
        ...more,
      });
      await plant({ version: 1, name: 'Sensors' }, 'Udp', 'collection.json');
      const captures = [{ name: 'was', path: '$.celsius' }];
      await plant(coap('Temp', 'temp', { captures, assertions: [{ kind: 'code', is: '2.05' }] }), 'Udp', '1 temp.request.json');
      await plant(coap('Gone', 'none', { assertions: [{ kind: 'code', is: '4.xx' }] }), 'Udp', '2 gone.request.json');
      const host = `host=127.0.0.1:${server.local.port}`;
      const green = await run('Udp', '--var', host, '--reporter', 'json', '--timeout', '20');
      expect([green.code, green.stderr]).toEqual([0, '']);
      expect(JSON.parse(green.stdout)).toMatchObject({ broker: null, summary: { passed: 2 }, results: [{ captured: [{ name: 'was', value: '21' }] }, {}] });

      await plant(coap('Wrong', 'none'), 'Udp', '3 wrong.request.json');
      const red = await run('Udp', '--var', host);
      expect(red.code).toBe(3);
      expect(red.stdout).toContain('The server answered 4.04 Not Found.');
      expect(red.stdout.split('\n')[0]).toBe('Sensors  3 requests');

      await plant(call('Status', 'get_status', { topic: 'edge/demo-thermostat' }), 'Udp', '4 status.request.json');
      expect(await run('Udp', '--var', host)).toMatchObject({ code: 2, stderr: expect.stringContaining('Only requests over CoAP need none.') });
      expect((await run('Udp', '--var', host, '--broker', url)).stdout).toContain('✓ Status');
    } finally {
      server.close();
    }
  });

  it('says what passed, and nothing in colours where nobody looks', async () => {
    const { code, stdout, stderr } = await lab();
    expect(shown(stdout)).toBe(
      'Thermostat  2 requests, ADDRESS\n\n  ✓ Status  TIME\n\n  Targets\n    ✓ Set  TIME\n\n2 requests: 2 passed; 2 of 2 assertions passed; TIME\n',
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  it('ends with 3 when an assertion fails, and writes a report for the build server', async () => {
    await plant(failing, 'Lab', '2 wrong.request.json');
    const { code, stdout, stderr } = await lab('--reporter', 'junit', '--output', 'report.xml');
    expect([code, stderr]).toEqual([3, '']);
    expect(shown(stdout)).toContain(
      '  ✗ Wrong  TIME\n      $.heater equals "<warm> & \\"cosy\\""\n        $.heater is something else.\n        expected "<warm> & \\"cosy\\""\n        actual   "o',
    );
    const suites = readStrictXml(await readFile(at('report.xml'), 'utf8'));
    expect(suites.name).toBe('testsuites');
    expect(suites.attributes).toMatchObject({ name: 'Thermostat', tests: '3', failures: '1', errors: '0' });
    expect(suites.children.map(({ name, attributes }) => [name, attributes['name'], attributes['tests']])).toEqual([
      ['testsuite', 'Thermostat', '2'],
      ['testsuite', 'Thermostat / Targets', '1'],
    ]);
    const [status, wrong] = suites.children[0]?.children ?? [];
    expect(status).toMatchObject({
      name: 'testcase',
      attributes: { name: 'Status', classname: 'Thermostat', time: expect.stringMatching(/^\d+(?:\.\d+)?$/) },
      children: [],
    });
    expect(wrong?.children).toMatchObject([
      { name: 'failure', attributes: { type: 'path', message: '$.heater equals "<warm> & \\"cosy\\"": $.heater is something else. (and 1 more)' } },
    ]);
    expect(wrong?.children[0]?.text).toContain('expected: "<warm> & \\"cosy\\""');
    checkJunit(suites);
  });

  it('stops at the first failure when it is asked to, with the rest as skipped', async () => {
    await plant(failing, 'Lab', '0 wrong.request.json');
    const { code, stdout } = await lab('--bail', '--reporter', 'junit');
    expect(code).toBe(3);
    const suites = readStrictXml(stdout);
    expect(suites.attributes).toMatchObject({ tests: '3', failures: '1' });
    expect(suites.children.map(({ attributes }) => attributes['skipped'])).toEqual(['1', '1']);
    checkJunit(suites);
  });

  it('gives everything as JSON', async () => {
    await plant(failing, 'Lab', '2 wrong.request.json');
    const { code, stdout } = await lab('--reporter', 'json', '--iterations', '2', '--folder', 'Targets', '--var', 'target=18.5');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      format: 'mqtt-workbench-run',
      version: 1,
      name: 'Thermostat',
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      broker: url,
      environment: null,
      iterations: 2,
      summary: { state: 'finished', passed: 2, failed: 0, skipped: 0, cancelled: 0, assertionsPassed: 2, assertionsFailed: 0, elapsedMs: expect.any(Number) },
      results: [1, 2].map((iteration) => ({
        id: 'Lab/Targets/1 set.request.json',
        name: 'Set',
        folder: 'Targets',
        iteration,
        state: 'passed',
        problem: null,
        elapsedMs: expect.any(Number),
        assertions: [{ kind: 'status', label: 'status is ok', passed: true, expected: 'ok', actual: 'ok', message: '' }],
        captured: [],
        log: [],
      })),
    });
  });

  it('makes all its calls in one session', async () => {
    // The broker hears of the end of an earlier run a moment after its process has ended.
    await vi.waitUntil(() => broker.clients().every(({ clientId }) => clientId === 'demo-thermostat'), { timeout: 20_000 });
    const sessions = new Set<string>();
    const look = setInterval(() => {
      for (const { clientId } of broker.clients()) if (clientId !== 'demo-thermostat') sessions.add(clientId);
    }, 5);
    const { code } = await lab('--iterations', '20', '--client-id', 'runner', '--delay', '0.01');
    clearInterval(look);
    expect([code, [...sessions]]).toEqual([0, ['runner']]);
  });

  it('can be given one file, or a folder inside a collection', async () => {
    const one = await run('Lab/Targets/1 set.request.json', '--broker', url);
    expect(shown(one.stdout)).toContain('1 request: 1 passed');
    const inside = await run(at('Lab', 'Targets'), '--broker', url, '--output', 'report.txt');
    expect(inside.code).toBe(0);
    expect(await readFile(at('report.txt'), 'utf8')).toBe(inside.stdout);
  });
});

describe('variables', () => {
  const environment = {
    version: 1,
    name: 'Field',
    variables: [
      { name: 'device', value: 'edge/nobody' },
      { name: 'target', value: '19' },
      { name: 'token', value: '', secret: true },
    ],
  };

  it('come from an environment, whose secrets come from the surroundings and are not shown', async () => {
    await plant(environment, 'field.json');
    await plant(
      call('Echo', 'set_target', { params: '{"target": {{token}}}', assertions: [{ kind: 'path', path: '$.target', operator: 'equals', value: 7 }] }),
      'Lab',
      '3.request.json',
    );
    const without = await lab('--env', 'field.json');
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining('"token" is a secret, which is not in the file. Set the environment variable MQTT_WORKBENCH_SECRET_TOKEN, or --var token=VALUE.'),
    ]);
    const { code, stdout } = await start(['Lab', '--broker', url, '--env', 'field.json'], { MQTT_WORKBENCH_SECRET_TOKEN: '22.25' }).ended;
    expect(code).toBe(3);
    expect(stdout).toContain('Field');
    expect(stdout).toContain('expected 7\n          actual   •••'.replace('          ', '        '));
    expect(stdout).not.toContain('22.25');
  });

  it('may stand in a plain file of names and values', async () => {
    await plant('{"target": 17, "other": true}', 'vars.json');
    expect((await lab('--env', 'vars.json')).code).toBe(0);
  });

  it('that nobody knows fail the request that wants them', async () => {
    await plant(call('Lost', 'get_status', { params: '{"a": {{b}}}' }), 'Lab', '3 lost.request.json');
    const { code, stdout } = await lab('--reporter', 'junit');
    expect(code).toBe(3);
    const suites = readStrictXml(stdout);
    expect(suites.attributes).toMatchObject({ errors: '1', failures: '0' });
    expect(stdout).toContain('<error message="The params: “b” is not known." type="bad-template">');
    checkJunit(suites);
  });
});

describe('what cannot be run ends with 2, before anything is sent', () => {
  it.each([
    [[], 'A run needs the folder of a collection.'],
    [['Lab'], '--broker is missing'],
    [['Lab', 'Other', '--broker', 'mqtt://x'], '"Other" is one argument too many'],
    [['Nowhere', '--broker', 'mqtt://x'], 'The collection "Nowhere" cannot be read (ENOENT).'],
    [['Lab', '--broker', 'http://x'], 'is a web address'],
    [['Lab', '--broker', 'mqtt://x', '--reporter', 'html'], '--reporter is pretty, json, junit, not "html".'],
    [['Lab', '--broker', 'mqtt://x', '--iterations', '0'], '--iterations needs a number from 1 to 10000'],
    [['Lab', '--broker', 'mqtt://x', '--var', 'x'], '--var needs NAME=VALUE'],
    [['Lab', '--broker', 'mqtt://x', '--var', '1x=secret'], '--var 1x: A variable has a name'],
    [['Lab', '--broker', 'mqtt://x', '--env', 'none.json'], '--env: the file "none.json" cannot be read (ENOENT).'],
    [['Lab', '--broker', 'mqtt://x', '--folder', 'None'], 'There is no "None" in the collection.'],
    [['Lab', '--broker', 'mqtt://x', '--folder', '../..'], 'cannot be run'],
    [['Lab', '--broker', 'mqtt://x', '--output', 'no/such/report.xml'], '--output: there is no folder "no/such".'],
    [['Lab', '--broker', 'mqtt://x', '--output', 'Lab'], '--output: "Lab" is a folder.'],
    [['Lab', '--broker', 'mqtt://x', '--nope'], '--nope'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  it.each([
    ['Lab/bad.request.json', '{', 'Lab/bad.request.json: bad.request.json is not valid JSON'],
    ['Lab/collection.json', '[]', 'Lab/collection.json is not a JSON object.'],
    ['vars.json', '{"a b": 1}', 'vars.json has no version number'],
  ])('a file that cannot be used: %s', async (file, content, message) => {
    await plant(content, ...file.split('/'));
    const { code, stderr } = await lab(...(file === 'vars.json' ? ['--env', file] : []));
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('a folder without requests', async () => {
    await mkdir(at('Empty'));
    expect(await run('Empty', '--broker', url)).toMatchObject({ code: 2, stderr: 'There are no requests to run.\n' });
  });
});

describe('without a broker', () => {
  it('nothing runs, and the code is 6', async () => {
    const server = net.createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as net.AddressInfo;
    server.close();
    await once(server, 'close');
    const { code, stdout, stderr } = await run('Lab', '--broker', `mqtt://127.0.0.1:${port}`);
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toContain(`Nothing accepts connections at 127.0.0.1:${port}.`);
  });

  it('any more the run ends, with a report of what there was', async () => {
    await plant(call('Slow', 'run_self_test'), 'Lab', '2 slow.request.json');
    const { ended, seen } = start(['Lab', '--broker', url, '--client-id', 'lost', '--reporter', 'junit', '--output', 'report.xml', '--iterations', '50']);
    await vi.waitUntil(() => seen().includes('Status'), { timeout: 20_000 });
    await broker.disconnectClient('lost');
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([6, expect.stringContaining('The connection was lost, so the run was ended.')]);
    const suites = readStrictXml(await readFile(at('report.xml'), 'utf8'));
    expect(suites.attributes).toMatchObject({ tests: '3', failures: '1' });
    expect(suites.children.map(({ attributes }) => attributes['skipped'])).toEqual(['0', '1']);
    expect(suites.children[0]?.children[1]?.children[0]?.text).toContain('CONNECTION_LOST');
  });
});

it('Ctrl+C ends it with a report of what there was, and with 130', async ({ skip }) => {
  skip(process.platform === 'win32', 'Ctrl+C cannot be sent to a process on Windows');
  await plant(call('Slow', 'run_self_test'), 'Lab', '2 slow.request.json');
  const { child, ended, seen } = start(['Lab', '--broker', url, '--reporter', 'json', '--output', 'report.json', '--iterations', '50']);
  await vi.waitUntil(() => seen().includes('Status'), { timeout: 20_000 });
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout).toContain('Cancelled. 150 requests: 1 passed, 149 cancelled;');
  const report = JSON.parse(await readFile(at('report.json'), 'utf8')) as { readonly results: readonly { readonly state: string }[] };
  expect(report.results.map(({ state }) => state)).toEqual(['passed', 'cancelled', 'cancelled']);
});

/** What junit-10.xsd of the Jenkins xUnit plugin allows, and that the numbers are those of the cases. */
function checkJunit(suites: XmlElement): void {
  const attributes: Readonly<Record<string, readonly string[]>> = {
    testsuites: ['name', 'tests', 'failures', 'errors', 'time'],
    testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'],
    testcase: ['name', 'classname', 'time'],
    failure: ['message', 'type'],
    error: ['message', 'type'],
    skipped: ['message'],
    'system-out': [],
  };
  const inside: Readonly<Record<string, readonly string[]>> = {
    testsuites: ['testsuite'],
    testsuite: ['testcase'],
    testcase: ['failure', 'error', 'skipped', 'system-out'],
  };
  const visit = (element: XmlElement): void => {
    expect(Object.keys(element.attributes)).toEqual(attributes[element.name]);
    for (const child of element.children) {
      expect(inside[element.name]).toContain(child.name);
      visit(child);
    }
    if (element.children.length > 0 && element.name !== 'testcase') expect(element.text.trim()).toBe('');
  };
  visit(suites);
  const cases = (element: XmlElement): readonly XmlElement[] => (element.name === 'testcase' ? [element] : element.children.flatMap(cases));
  for (const one of [suites, ...suites.children]) {
    const all = cases(one);
    expect(Number(one.attributes['tests'])).toBe(all.length);
    for (const [count, name] of [
      ['failures', 'failure'],
      ['errors', 'error'],
      ['skipped', 'skipped'],
    ] as const)
      if (one !== suites || count !== 'skipped')
        expect(Number(one.attributes[count])).toBe(all.filter(({ children }) => children.some((child) => child.name === name)).length);
  }
}
