import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { propertyOf, RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import { auth, connect, publish, subscribe, type Property } from '../../../../../test/conformance/mqtt/wire.ts';
import { endBrokerCommands, portOf as listening, runBrokerCommand as run } from '../../../../../test/support/broker-command.ts';
import { connectPacket, dial, dialMqtt, publishPacket, subscribePacket } from '../../../../../test/support/raw-mqtt.ts';
import { ScramClient } from '../../../../../test/support/scram-client.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  endBrokerCommands();
});

describe('npm run broker', () => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('says once that it listens, serves, and ends cleanly on %s with clients connected', async (signal) => {
    const running = run('--port', '0', '--ws-port', '0');
    const port = await listening(running);
    const peer = await dialMqtt(port, { clientId: 'a' });
    peer.send(subscribePacket(['t']), publishPacket('t', 'x'));
    await peer.next();
    expect(await peer.next()).toEqual(publishPacket('t', 'x'));
    running.child.kill(signal);
    expect(await running.exit).toBe(0);
    await peer.closed();
    expect(running.stdout).toMatch(/^listening on mqtt:\/\/\S+\nalso on ws:\/\/127\.0\.0\.1:\d+\n$/);
    expect(running.stderr).toBe('');
  });

  it.each([
    [['--port', 'abc'], '--port needs a port number'],
    [['--port', '65536'], '--port needs a port number'],
    [['--ws-port', '-1'], 'ws-port'],
    [['--host', ''], '--host needs'],
    [['--persist', ''], '--persist needs the name of a file'],
    [['--port', 'off'], 'another listener is needed'],
    [['--nope'], '--nope'],
    [['extra'], 'extra'],
  ])('explains the wrong arguments %j and ends with 2', async (args, text) => {
    const running = run(...args);
    expect(await running.exit).toBe(2);
    expect(running.stderr).toContain(text);
    expect(running.stderr).toContain('Usage: npm run broker');
    expect(running.stdout).toBe('');
  });

  it('makes a line of the users file from a password, and lets in only who knows it', async () => {
    const hashing = run('--hash-password', 'alice');
    hashing.child.stdin?.end('looking-glass\nignored\n');
    expect(await hashing.exit).toBe(0);
    expect(hashing.stdout).toMatch(/^alice:SCRAM-SHA-256\$\d+:\S+\$\S+:\S+\n$/);
    expect(hashing.stdout).not.toContain('looking-glass');
    const folder = mkdtempSync(path.join(os.tmpdir(), 'users-'));
    folders.push(folder);
    const users = path.join(folder, 'users');
    writeFileSync(users, hashing.stdout);

    const port = await listening(run('--port', '0', '--users', users));
    for (const [password, code] of [
      ['looking-glass', 0],
      ['wrong', 4],
    ] as const) {
      const client = new RawClient(await dialTcp(port), 4);
      await client.connect({ clientId: 'c', username: 'alice', password }, code);
      client.drop();
    }
    const scram = new ScramClient('alice', 'looking-glass');
    const words = (data: string): readonly Property[] => [
      ['authenticationMethod', 'SCRAM-SHA-256'],
      ['authenticationData', Buffer.from(data)],
    ];
    const client = new RawClient(await dialTcp(port), 5);
    client.send(connect(5, { clientId: 'c', properties: words(scram.first) }));
    const challenge = propertyOf(await client.expectPacket('auth'), 'authenticationData');
    client.send(auth(0x18, words(scram.final(String(challenge)))));
    const connack = await client.expectPacket('connack');
    expect([connack.code, String(propertyOf(connack, 'authenticationData'))]).toEqual([0, scram.serverFinal]);
    client.drop();
  });

  it.each([
    ['acl', 'topic read lab/#\nuser alice\ntopic write lab/x\n'],
    ['acl.yaml', 'topic-check:\n  acl:\n    anonymous: [lab/#]\n'],
  ])('keeps its clients to the rules of an ACL file (%s)', async (name, text) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'acl-'));
    folders.push(folder);
    writeFileSync(path.join(folder, name), text);
    const port = await listening(run('--port', '0', '--acl', path.join(folder, name)));
    const client = new RawClient(await dialTcp(port), 5);
    await client.connect({ clientId: 'c' });
    client.send(subscribe(5, 1, [{ filter: 'lab/+' }, { filter: 'other' }]));
    expect((await client.expectPacket('suback')).codes).toEqual([0, 0x87]);
    const isMosquitto = name === 'acl';
    client.send(publish(5, { topic: 'lab/x', qos: 1, id: 1 }));
    expect((await client.waitFor('puback')).code).toBe(isMosquitto ? 0x87 : 0);
    const alice = new RawClient(await dialTcp(port), 5);
    await alice.connect({ clientId: 'a', username: 'alice', password: '' });
    alice.send(publish(5, { topic: 'lab/x', qos: 1, id: 1 }));
    expect((await alice.expectPacket('puback')).code).toBe(0);
    for (const one of [client, alice]) one.drop();
  });

  it('does not start with an ACL file of which it understands only a part, and names the lines', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'acl-'));
    folders.push(folder);
    const file = path.join(folder, 'acl');
    writeFileSync(file, 'topic read lab/#\ntopic read a/#/b\nnonsense\n');
    const running = run('--port', '0', '--acl', file);
    expect(await running.exit).toBe(1);
    expect(running.stderr).toMatch(/^The ACL file .*acl cannot be used:\n {2}line 2: .*\n {2}line 3: “nonsense” is no line/);
    const missing = run('--port', '0', '--acl', `${file}.none`);
    expect(await missing.exit).toBe(1);
    expect(missing.stderr).toContain('cannot be read');
  });

  it('explains a users file that cannot be read or is damaged, and a password that none may be, and ends with 1', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'users-'));
    folders.push(folder);
    const users = path.join(folder, 'users');
    const missing = run('--port', '0', '--users', users);
    expect(await missing.exit).toBe(1);
    expect(missing.stderr).toContain(`The users file ${users} cannot be read`);
    writeFileSync(users, 'alice:secret\n');
    const damaged = run('--port', '0', '--users', users);
    expect(await damaged.exit).toBe(1);
    expect(damaged.stderr).toContain('line 1, user “alice”: this is no SCRAM-SHA-256 entry');
    const empty = run('--hash-password', 'alice');
    empty.child.stdin?.end();
    expect(await empty.exit).toBe(1);
    expect(empty.stderr).toContain('The password is empty');
  });

  it('explains a taken port and ends with 1', async () => {
    const blocker = net.createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as net.AddressInfo;
    const running = run('--port', String(port));
    expect(await running.exit).toBe(1);
    blocker.close();
    expect(running.stderr).toMatch(new RegExp(`^The MQTT \\(TCP\\) port ${port} on 127\\.0\\.0\\.1 is taken: .*\\n$`));
  });

  it('explains a certificate file that does not exist and ends with 1', async () => {
    const running = run('--port', 'off', '--tls-port', '0', '--cert', 'no-such.pem', '--key', 'no-such.key');
    expect(await running.exit).toBe(1);
    expect(running.stderr).toBe(`The certificate file ${path.resolve('no-such.pem')} of the TLS listener does not exist. Check the path.\n`);
    expect(running.stdout).toBe('');
  });

  it('listens in several ways at once, within limits and behind a proxy', async () => {
    const socket = path.join(os.tmpdir(), `workbench-cli-${process.pid}.sock`);
    const running = run('--port', '0', '--ws-port', '0', '--unix', socket, '--proxy', '--max-connections', '1', '--max-packet', '100');
    const port = await listening(running);
    expect(running.stdout.split('\n').slice(1)).toEqual([expect.stringMatching(/^also on ws:/), `also on unix://${socket}`, '']);
    const peer = await dial(port);
    peer.send(Buffer.from('PROXY UNKNOWN\r\n'), connectPacket({ clientId: 'a' }));
    expect((await peer.next()).toString('hex')).toBe('20020000');
    expect((await (await dial(port)).closed()).length).toBe(0);
    peer.send(publishPacket('t', Buffer.alloc(100)));
    await peer.closed();
    running.child.kill();
    expect(await running.exit).toBe(0);
    expect(existsSync(socket)).toBe(false);
  });

  it('explains a file of --persist that it cannot use, and ends with 1', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'persist-'));
    folders.push(folder);
    const running = run('--port', '0', '--persist', folder);
    expect(await running.exit).toBe(1);
    expect(running.stderr).toContain(`${folder} cannot be used to keep sessions`);
    expect(running.stdout).toBe('');
  });

  it('explains itself', async () => {
    const running = run('--help');
    expect(await running.exit).toBe(0);
    expect(running.stdout).toContain('--ws-port');
  });
});
