import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, expect, it } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import { onPath } from '../../../../../tools/system.ts';

const children: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const patience = { timeout: 30_000 };

function start(command: string, ...args: readonly string[]): { readonly child: ChildProcess; readonly out: () => string; readonly err: () => string } {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return { child, out: () => out, err: () => err };
}

async function serve(files: Readonly<Record<string, string>>): Promise<{ readonly folder: string; readonly port: number } & ReturnType<typeof start>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cli-handlers-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const broker = start(process.execPath, `${import.meta.dirname}/cli.ts`, '--port', '0', '--handlers', folder);
  await expect.poll(broker.out, patience).toContain('\n');
  return { folder, port: Number(/:(\d+)\n/.exec(broker.out())?.[1]), ...broker };
}

const hello = (words: string): string => `// @handler subscribe lab/hello\n\nexport const handle = ({ client }) => '${words}, ' + client.id;\n`;

it('takes handlers from a folder, says where they fail, and uses what was changed at once', async () => {
  const { folder, port, err, child } = await serve({
    'hello.js': hello('Hello'),
    'upper.js': `// @handler publish lab/up\n// @name Upper case\n\nexport const handle = ({ text }) => {\n  if (text === 'bad') throw new Error('not this');\n  console.log('up', text);\n  return text.toUpperCase();\n};\n`,
    'broken.js': 'nothing',
  });
  expect(err()).toMatch(/^broken\.js, line 1: The file has to begin .*\nhandlers: hello, upper\n/s);
  const client = new RawClient(await dialTcp(port), 5);
  await client.connect({ clientId: 'dev' });
  await client.subscribe('lab/+');
  await client.subscribe('lab/hello');
  expect(Buffer.from((await client.receive()).payload).toString()).toBe('Hello, dev');
  await client.publish({ topic: 'lab/up', payload: 'bad', qos: 1 });
  expect(Buffer.from((await client.receive()).payload).toString()).toBe('bad');
  await client.publish({ topic: 'lab/up', payload: 'good', qos: 1 });
  expect(Buffer.from((await client.receive()).payload).toString()).toBe('GOOD');
  await expect.poll(err, patience).toContain('upper.js:5: error: not this\nupper.js: up good\n');

  writeFileSync(path.join(folder, 'hello.js'), hello('Good day'));
  await expect.poll(() => err().split('handlers: ').length, patience).toBe(3);
  await client.subscribe('lab/hello');
  expect(Buffer.from((await client.receive()).payload).toString()).toBe('Good day, dev');
  client.drop();
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
});

it('wants a folder that is there', async () => {
  const { child, err } = start(process.execPath, `${import.meta.dirname}/cli.ts`, '--port', '0', '--handlers', '/never/there');
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(err()).toContain('there is no folder /never/there');
});

const mosquittoSub = onPath('mosquitto_sub');

it('answers the SUBSCRIBE of mosquitto_sub, in MQTT 3.1.1 and 5', async ({ skip }) => {
  skip(mosquittoSub === undefined, 'mosquitto_sub is not installed');
  const { port } = await serve({ 'hello.js': hello('Hello') });
  for (const version of ['311', '5']) {
    const { child, out } = start(mosquittoSub ?? '', '-p', String(port), '-V', version, '-i', 'sub', '-q', '1', '-t', 'lab/hello', '-v', '-C', '1', '-W', '20');
    await once(child, 'close');
    expect(out()).toBe('lab/hello Hello, sub\n');
  }
});
