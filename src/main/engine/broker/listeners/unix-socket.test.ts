import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenAtPath } from './unix-socket.ts';

let folder = '';
const servers: net.Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-sockets-'));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(place: string): Promise<net.Server> {
  const server = net.createServer((socket) => {
    // Who only asked whether somebody answers has left already.
    socket.on('error', () => undefined);
    socket.end('hello');
  });
  servers.push(server);
  await listenAtPath(server, place);
  return server;
}

/** A socket file as a killed program leaves it. */
async function leaveSocket(place: string): Promise<void> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(place)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script]), 'exit');
  expect(existsSync(place)).toBe(true);
}

describe('listening at a path', () => {
  beforeEach(({ skip }) => skip(process.platform === 'win32', 'there are no Unix sockets on Windows'));

  it('makes the socket file, and removes it in the end', async () => {
    const place = path.join(folder, 'a.sock');
    const server = await listen(place);
    const [chunk] = (await once(net.connect(place), 'data')) as [Buffer];
    expect(String(chunk)).toBe('hello');
    server.close();
    await once(server, 'close');
    expect(existsSync(place)).toBe(false);
  });

  it('replaces a socket that nobody answers on', async () => {
    const place = path.join(folder, 'stale.sock');
    await leaveSocket(place);
    await listen(place);
    await once(net.connect(place), 'data');
  });

  it('leaves a socket alone that somebody answers on', async () => {
    const place = path.join(folder, 'live.sock');
    await listen(place);
    await expect(listen(place)).rejects.toMatchObject({ code: 'port-taken', message: expect.stringContaining(place), advice: expect.any(String) });
    await once(net.connect(place), 'data');
  });

  it.each(['a file', 'a link to nothing'])('leaves %s alone', async (what) => {
    const place = path.join(folder, 'not-a-socket');
    if (what === 'a file') writeFileSync(place, 'precious');
    else symlinkSync(path.join(folder, 'nothing'), place);
    await expect(listen(place)).rejects.toMatchObject({ code: 'address-refused', message: expect.stringContaining('not a socket') });
    if (what === 'a file') expect(readFileSync(place, 'utf8')).toBe('precious');
  });

  it('names a folder that does not exist', async () => {
    await expect(listen(path.join(folder, 'none', 'a.sock'))).rejects.toMatchObject({ message: expect.stringContaining(`${path.join(folder, 'none')} `) });
  });

  it.each(['broker.sock', './broker.sock', '\0abstract', '/tmp/a\0b'])('wants a whole path, not %j', async (place) => {
    await expect(listen(place)).rejects.toMatchObject({ code: 'address-refused', advice: expect.stringContaining('root') });
  });

  it('wants a path the system can hold', async () => {
    const longest = process.platform === 'linux' ? 107 : 103;
    const fits = path.join(folder, 'x'.repeat(longest - folder.length - 1));
    await listen(fits);
    await expect(listen(`${fits}x`)).rejects.toMatchObject({ message: expect.stringContaining(`${longest + 1} bytes`) });
    expect(existsSync(fits)).toBe(true);
  });
});
