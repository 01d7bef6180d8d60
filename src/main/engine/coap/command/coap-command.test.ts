import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { group, openGroup } from '../../../../../test/support/coap-group.ts';
import { openCoapServer, type CoapServer } from '../udp/coap-server.ts';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
const program = path.join(import.meta.dirname, '../../../../../tools/workbench.ts');
const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-coap-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function coap(args: readonly string[], input?: Buffer): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, 'coap', ...args], (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }));
    child.stdin?.end(input);
  });
}

let server: CoapServer;
let stored: Uint8Array;
let state: number;
beforeEach(async () => {
  stored = new TextEncoder().encode('hello');
  state = 0;
  server = await openCoapServer({
    port: 0,
    host: '127.0.0.1',
    clock: () => performance.now(),
    random: Math.random,
    maxBodyBytes: 1_000_000,
    handle({ method, path: [which], payload, query, contentFormat }) {
      if (which === 'silent') return null;
      if (which === 'broken') throw new Error('no \u001b[31msensor');
      if (which === 'tick') return { code: '2.05', payload: new TextEncoder().encode(`tick ${state}`), observable: true };
      if (which === 'echo')
        return { code: '2.05', payload: new TextEncoder().encode(JSON.stringify({ method, query, contentFormat: contentFormat ?? null })), contentFormat: 50 };
      if (which !== 'data') return { code: '4.04' };
      if (method === 'PUT') {
        stored = payload;
        return { code: '2.04' };
      }
      return { code: '2.05', payload: stored };
    },
  });
});
afterEach(() => server.close());
const at = (resource: string): string => `coap://127.0.0.1:${server.local.port}/${resource}`;

describe('mqtt-workbench coap', () => {
  it('fetches in blocks of the size that is asked for', async () => {
    stored = new Uint8Array(300).fill(0x61);
    const { code, out, err } = await coap([at('data'), '--block', '64', '--log']);
    expect([code, out.length]).toEqual([0, 301]);
    expect(err.match(/Block2:\d\/\d\/\d+/g)?.filter((_, n) => n % 2 === 1)).toEqual(
      ['0/1/64', '1/1/64', '2/1/64', '3/1/64', '4/0/64'].map((one) => `Block2:${one}`),
    );
  });

  it('prints the response, and its exit code tells the class', async () => {
    expect(await coap([at('data')])).toEqual({ code: 0, out: 'hello\n', err: '' });
    expect(await coap([at('nope')])).toEqual({ code: 4, out: '', err: '4.04 Not Found\n' });
    expect(await coap([at('broken')])).toEqual({ code: 5, out: '', err: '5.00 Internal Server Error\nno \\u001b[31msensor\n' });
  });

  it('sends method, query, options and payload, from a file or the standard input', async () => {
    expect(JSON.parse((await coap([`${at('echo')}?a=1&b`, '--method', 'fetch', '--content-format', 'application/json'])).out)).toEqual({
      method: 'FETCH',
      query: ['a=1', 'b'],
      contentFormat: 50,
    });
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, n) => n % 256));
    const file = path.join(folder, 'body.bin');
    writeFileSync(file, bytes);
    expect((await coap([at('data'), '--method', 'PUT', '--payload', `@${file}`, '--block', '256'])).code).toBe(0);
    expect(Buffer.from(stored).equals(bytes)).toBe(true);
    expect((await coap([at('data'), '--method', 'PUT', '--payload', '-'], Buffer.from('from stdin'))).code).toBe(0);
    expect((await coap([at('data')])).out).toBe('from stdin\n');
  });

  it('writes the payload to a file, byte for byte', async () => {
    stored = Uint8Array.of(0, 255, 10);
    const file = path.join(folder, 'out.bin');
    expect(await coap([at('data'), '--output', file])).toEqual({ code: 0, out: '', err: '' });
    expect([...readFileSync(file)]).toEqual([0, 255, 10]);
    expect((await coap([at('data')])).out).toBe('00ff0a\n');
  });

  it('tells everything in one line of JSON, also what failed', async () => {
    const { out } = await coap([at('echo'), '--json', '--token', '0102']);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      code: '2.05',
      title: 'Content',
      type: 'ACK',
      token: '0102',
      contentFormat: 50,
      mediaType: 'application/json',
    });
    const silent = await coap([at('silent'), '--json', '--timeout', '0.2']);
    expect(silent.code).toBe(7);
    expect(JSON.parse(silent.out)).toMatchObject({ ok: false, failure: 'no-response' });
  });

  it('logs every message', async () => {
    const { err } = await coap([at('data'), '--log']);
    const lines = err.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/→ 127\.0\.0\.1:\d+ CON 0\.01 GET id \d+ token [0-9a-f]{8} Uri-Path:data$/);
    expect(lines[1]).toMatch(/← 127\.0\.0\.1:\d+ ACK 2\.05 Content id \d+ token [0-9a-f]{8} 5 bytes$/);
  });

  it('observes, and ends it in order', async () => {
    const running = coap([at('tick'), '--observe', '2']);
    const timer = setInterval(() => {
      if (server.observers() === 0) return;
      state += 1;
      server.changed(['tick']);
    }, 100);
    const { code, out } = await running;
    clearInterval(timer);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').slice(0, 3)).toEqual(['tick 0', 'tick 1', 'tick 2']);
    expect(server.observers()).toBe(0);
  });

  it.each([
    [[], 'The address is missing'],
    [['mqtt://h'], 'does not begin with coap://'],
    [['coap://h', 'x'], 'one argument too many'],
    [['coap://h', '--method', 'LIST'], '--method is one of'],
    [['coap://h', '--option', 'Foo=1'], 'no option "Foo"'],
    [['coap://h', '--option', 'ETag=zz'], '--option ETag'],
    [['coap://h', '--token', '123'], '--token is up to 8 bytes'],
    [['coap://h', '--block', '100'], '--block is one of 16'],
    [['coap://h', '--accept', 'nonsense'], '--accept is a number'],
    [['coap://h', '--payload', '@/no/such/file'], 'cannot be read (ENOENT)'],
    [['coap://h', '--timeout', 'soon'], '--timeout needs seconds'],
    [['coap://h', '--max-retransmit', '-1'], '--max-retransmit'],
    [['coap://h', '--cancel', 'loudly'], '--cancel is one of'],
    [['coap://h', '--colour'], "Unknown option '--colour'"],
  ])('refuses %j with exit code 2', async (args, problem) => {
    const { code, out, err } = await coap(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(problem);
  });

  it('lists its arguments', async () => {
    expect((await coap(['--help'])).out).toContain('Usage: mqtt-workbench coap URI');
  });

  it('asks a group with --multicast alone, and tells who responded', async () => {
    const members = await openGroup(2, (number) => ({ code: number === 0 ? 0x45 : 0x84, options: [], payload: new TextEncoder().encode(`server ${number}`) }));
    const uri = `coap://${group}:${members.port}/a`;
    const off = await coap([uri]);
    expect([off.code, off.err]).toEqual([2, expect.stringContaining('--multicast')]);
    expect(members.received).toEqual([]);
    const asked = await coap([uri, '--multicast', '--interface', '127.0.0.1', '--timeout', '4', '--json']);
    expect(asked.code).toBe(0);
    const lines = asked.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly from: string; readonly payload: string });
    expect(lines.map(({ from, payload }) => `${from} ${payload}`).toSorted()).toEqual(
      members.addresses.map((address, number) => `${address} server ${number}`).toSorted(),
    );
    expect(members.received.map(({ type }) => type)).toEqual(['NON']);
    const words = await coap([uri, '--multicast', '--interface', 'lo', '--timeout', '4']);
    expect(words.out).toBe('server 0\n');
    expect(words.err).toContain(`${members.addresses[1]} 4.04 Not Found\nserver 1`);
    members.close();
    expect((await coap([uri, '--multicast', '--interface', 'lo', '--timeout', '0.3'])).code).toBe(7);
    for (const args of [
      [uri, '--multicast', '--observe', '1'],
      [at('data'), '--multicast'],
      [at('data'), '--interface', 'lo'],
    ])
      expect((await coap(args)).code).toBe(2);
  });
});
