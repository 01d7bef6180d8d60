import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { newProfile } from '../../../../shared/connections/new-profile.ts';
import type { CheckStepId, ConnectionCheck } from '../../../../shared/contract/connection-check.ts';
import type { ConnectionProfile } from '../../../../shared/contract/connection-profile.ts';
import { openTlsLab, type PemPair, type TlsLab } from '../../../../../test/support/tls-lab.ts';
import { openLocalBroker } from '../../broker/local-broker.ts';
import type { ConnectionSecrets } from '../broker-access.ts';
import { runCheck } from './run-check.ts';
import { CheckSteps } from './steps.ts';

let lab: TlsLab | undefined;
beforeAll(() => {
  lab = openTlsLab();
});
afterAll(() => lab?.remove());
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function check(
  uri: string,
  more: Partial<ConnectionProfile> = {},
  secrets: ConnectionSecrets = {},
  probe: { subscribe?: string; publish?: string } = {},
): Promise<ConnectionCheck> {
  const steps = new CheckSteps(() => undefined);
  const profile = newProfile('c', { name: 'Test', uri, connectTimeoutSeconds: 5, ...more });
  await runCheck({ profile, secrets, clientId: 'check', probe, now: Date.now }, steps, new AbortController().signal);
  return steps.view();
}

/** The step that failed and why; nothing may be left running. */
function failure({ steps, done }: ConnectionCheck): readonly [CheckStepId, string | null] | null {
  expect(done).toBe(true);
  expect(steps.filter(({ state }) => state === 'running')).toEqual([]);
  const failed = steps.filter(({ state }) => state === 'failed');
  expect(failed.length).toBeLessThan(2);
  for (const { message, advice } of failed) expect([message, advice]).toEqual([expect.stringMatching(/\w.*[.)]$/), expect.stringMatching(/\w.*\.$/)]);
  return failed[0] ? [failed[0].id, failed[0].code] : null;
}

async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as net.AddressInfo).port;
}

/** Answers the first bytes of each connection. */
const answering = (bytes: Uint8Array | string, end = false): net.Server =>
  net.createServer((socket) => socket.once('data', () => (end ? socket.end(bytes) : socket.write(bytes))));
const connack = (code: number, version: 4 | 5): Uint8Array => (version === 5 ? Uint8Array.of(0x20, 3, 0, code, 0) : Uint8Array.of(0x20, 2, 0, code));
const tlsBroker = (pair: PemPair, more: tls.TlsOptions = {}): net.Server =>
  tls.createServer({ ...pair, ...more }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(connack(0, 5)));
  });
const plain = newProfile('').tls;

describe('before MQTT', () => {
  test('an address that is none', async () => {
    expect(failure(await check('http://x'))).toEqual(['address', 'invalid-uri']);
    expect(failure(await check('mqtt://x', { version: '3.1.1' }, { password: 'alone' }))).toEqual(['address', 'password-without-user-name']);
  });

  test('a name nobody has', async () => {
    const found = await check('mqtt://no-such-host.invalid');
    expect(failure(found)?.[0]).toBe('names');
    expect(failure(found)?.[1]).toMatch(/unknown-host|dns-unavailable/);
  });

  test('a port on which nothing listens', async () => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(failure(await check(`mqtt://127.0.0.1:${port}`))).toEqual(['tcp', 'refused']);
    const proxy = { kind: 'http', host: '127.0.0.1', port, username: '' } as const;
    expect(failure(await check('mqtt://broker.example', { proxy }))).toEqual(['proxy', 'proxy-unreachable']);
  });

  test.each([
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'http', 'proxy-credentials'],
    ['HTTP/1.1 403 Forbidden\r\n\r\n', 'http', 'proxy-refused'],
    ['hello\r\n\r\n', 'http', 'not-a-proxy'],
    ['', 'http', 'proxy-closed'],
    [Uint8Array.of(5, 255), 'socks5', 'proxy-credentials'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'socks5', 'not-a-proxy'],
  ] as const)('a proxy that answers %j over %s', async (answer, kind, code) => {
    const port = await listen(answering(answer, true));
    expect(failure(await check('mqtt://broker.example:1883', { proxy: { kind, host: '127.0.0.1', port, username: '' } }))).toEqual(['proxy', code]);
  });

  test.each(['http', 'socks5'] as const)('a proxy of kind %s that leads to the broker', async (kind) => {
    const broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
    cleanups.push(() => broker.close());
    const target = broker.listeners[0]?.port ?? 0;
    const asked: string[] = [];
    const port = await listen(kind === 'http' ? httpProxy(target, asked) : socksProxy(target, asked));
    const found = await check('mqtt://broker.example:1883', { proxy: { kind, host: '127.0.0.1', port, username: 'me' } }, { proxyPassword: 'pw' });
    expect(failure(found)).toBeNull();
    expect(asked).toEqual(kind === 'http' ? ['broker.example:1883 Basic bWU6cHc='] : ['me pw', 'broker.example:1883']);
  });

  test.each([['path', (_request: http.IncomingMessage, response: http.ServerResponse) => void response.writeHead(404).end(), 'websocket-refused']] as const)(
    'a wrong %s',
    async (_what, handle, code) => {
      expect(failure(await check(`ws://127.0.0.1:${await listen(http.createServer(handle))}/x`))).toEqual(['websocket', code]);
    },
  );

  test('a WebSocket without the subprotocol', async () => {
    const server = http.createServer();
    const sockets = new WebSocketServer({ server, handleProtocols: () => false });
    cleanups.push(() => sockets.close());
    expect(failure(await check(`ws://127.0.0.1:${await listen(server)}/mqtt`))).toEqual(['websocket', 'websocket-subprotocol']);
  });

  test('a port without WebSocket', async () => {
    expect(failure(await check(`ws://127.0.0.1:${await listen(answering(Uint8Array.of(0x20, 2, 0, 0)))}`))).toEqual(['websocket', 'peer-is-not-websocket']);
    const port = await listen(net.createServer((socket) => socket.once('data', () => socket.destroy())));
    expect(failure(await check(`ws://127.0.0.1:${port}`))).toEqual(['websocket', 'peer-is-not-websocket']);
  });
});

describe('TLS', () => {
  const hostile: readonly (readonly [string, () => PemPair | undefined, CheckStepId, string])[] = [
    ['an expired certificate', () => lab?.issue({ days: [-20, -1] }), 'certificate', 'certificate-expired'],
    ['one that is not valid yet', () => lab?.issue({ days: [2, 20] }), 'certificate', 'certificate-not-yet-valid'],
    ['one for another host', () => lab?.issue({ names: 'DNS:other.example' }), 'certificate', 'wrong-host-name'],
    ['one signed by itself', () => lab?.issue({ selfSigned: true }), 'certificate', 'self-signed'],
  ];
  test.each(hostile)('%s', async (_name, issue, step, code) => {
    const pair = issue();
    if (!pair) return;
    const port = await listen(tlsBroker(pair));
    const profile = { tls: { ...plain, ca: lab?.ca ?? '' } };
    const found = await check(`mqtts://127.0.0.1:${port}`, profile);
    expect(failure(found)).toEqual([step, code]);
    const [own] = found.certificates;
    expect(own).toMatchObject({ subject: expect.stringContaining('CN=localhost') as string, key: 'EC prime256v1' });
    expect(found.steps.find(({ id }) => id === step)?.details.join('\n')).toContain(own?.sha256);
    const pinned = await check(`mqtts://127.0.0.1:${port}`, { tls: { ...profile.tls, pinned: [own?.sha256 ?? ''] } });
    expect(failure(pinned)).toBeNull();
    expect(pinned.steps.find(({ id }) => id === 'certificate')).toMatchObject({ state: 'warned', code: 'pinned' });
    const unverified = await check(`mqtts://127.0.0.1:${port}`, { tls: { ...profile.tls, verify: 'none' } });
    expect(unverified.steps.find(({ id }) => id === 'certificate')).toMatchObject({ state: 'warned', code: 'not-verified' });
  });

  test('an authority that this machine does not know, and one that is given', async () => {
    if (!lab) return;
    const port = await listen(tlsBroker(lab.issue()));
    expect(failure(await check(`mqtts://127.0.0.1:${port}`))).toEqual(['certificate', 'unknown-ca']);
    const found = await check(`mqtts://localhost:${port}`, { tls: { ...plain, ca: lab.ca } });
    expect(failure(found)).toBeNull();
    expect(found.certificates.map(({ isAuthority, isSelfSigned }) => [isAuthority, isSelfSigned])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  test('names are checked as the profile says', async () => {
    if (!lab) return;
    const port = await listen(tlsBroker(lab.issue({ names: 'DNS:other.example' })));
    const to = async (tlsProfile: Partial<ConnectionProfile['tls']>): Promise<unknown> =>
      failure(await check(`mqtts://127.0.0.1:${port}`, { tls: { ...plain, ca: lab?.ca ?? '', ...tlsProfile } }));
    expect(await to({ checkHostName: false })).toBeNull();
    expect(await to({ verify: 'optional', checkHostName: false })).toEqual(['certificate', 'wrong-host-name']);
    expect(await to({ serverName: 'other.example' })).toBeNull();
  });

  test('what is worth a warning', async () => {
    if (!lab) return;
    const warning = async (pair: PemPair): Promise<string | null | undefined> => {
      const found = await check(`mqtts://127.0.0.1:${await listen(tlsBroker(pair))}`, { tls: { ...plain, ca: lab?.ca ?? '' } });
      expect(failure(found)).toBeNull();
      return found.steps.find(({ id }) => id === 'certificate')?.code;
    };
    expect(await warning(lab.issue({ days: [-1, 3] }))).toBe('expires-soon');
    expect(await warning(lab.issue())).toBeNull();
  });

  test('a certificate that is not for servers', async () => {
    if (!lab) return;
    const port = await listen(tlsBroker(lab.issue({ purpose: 'clientAuth' })));
    const found = await check(`mqtts://127.0.0.1:${port}`, { tls: { ...plain, ca: lab.ca } });
    expect(failure(found)).toEqual(['certificate', 'wrong-purpose']);
  });

  test('a client certificate that is missing, wrong, or right in each form', async () => {
    if (!lab) return;
    const { ca } = lab;
    const port = await listen(tlsBroker(lab.issue(), { ca, requestCert: true, rejectUnauthorized: true }));
    const client = lab.issue({ name: 'device', purpose: 'clientAuth' });
    const stranger = lab.issue({ name: 'stranger', selfSigned: true });
    const to = async (certificate: string, secrets: ConnectionSecrets): Promise<unknown> =>
      failure(await check(`mqtts://localhost:${port}`, { tls: { ...plain, ca, certificate } }, secrets));
    expect(await to('', {})).toEqual(['mqtt', 'client-certificate-missing']);
    expect(await to(stranger.cert, { privateKey: stranger.key })).toEqual(['mqtt', expect.stringMatching(/^(?:client-certificate|closed-without-connack)/)]);
    expect(await to(client.cert, { privateKey: client.key })).toBeNull();
    expect(await to(client.cert, { privateKey: lab.encrypted(client.key, 'pass'), passphrase: 'pass' })).toBeNull();
    expect(await to('', { pfx: lab.pfx(client, 'pass'), passphrase: 'pass' })).toBeNull();
    expect(await to(client.cert, { privateKey: lab.encrypted(client.key, 'pass') })).toEqual(['tls', 'tls-material']);
    expect(await to(client.cert, { privateKey: lab.encrypted(client.key, 'pass'), passphrase: 'no' })).toEqual(['tls', 'tls-material']);
    expect(await to(client.cert, { privateKey: stranger.key })).toEqual(['tls', 'tls-material']);
    expect(await to('nonsense', { privateKey: client.key })).toEqual(['tls', 'tls-material']);
    expect(await to('', { pfx: 'AAAA' })).toEqual(['tls', 'tls-material']);
  });

  test('versions and protocols that do not meet', async () => {
    if (!lab) return;
    const old = await listen(tlsBroker(lab.issue(), { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }));
    expect(failure(await check(`mqtts://localhost:${old}`, { tls: { ...plain, ca: lab.ca, minVersion: 'TLSv1.3' } }))).toEqual(['tls', 'tls-version']);
    const other = await listen(tlsBroker(lab.issue(), { ALPNProtocols: ['h2'] }));
    expect(failure(await check(`mqtts://localhost:${other}`, { tls: { ...plain, ca: lab.ca, alpn: ['mqtt'] } }))).toEqual(['tls', 'tls-alpn']);
  });

  test('a plain port, a silent one and one that speaks HTTP', async () => {
    expect(failure(await check(`mqtts://127.0.0.1:${await listen(answering(connack(0, 5)))}`))).toEqual(['tls', 'peer-is-plain']);
    expect(failure(await check(`mqtts://127.0.0.1:${await listen(answering('HTTP/1.1 400 Bad Request\r\n\r\n'))}`))).toEqual(['tls', 'peer-is-plain']);
    const mute = await listen(net.createServer(() => undefined));
    expect(failure(await check(`mqtts://127.0.0.1:${mute}`, { connectTimeoutSeconds: 1 }))).toEqual(['tls', 'no-tls-answer']);
  });
});

describe('MQTT', () => {
  test.each([
    [1, 'wrong-protocol-version'],
    [2, 'client-id-rejected'],
    [3, 'broker-unavailable'],
    [4, 'bad-credentials'],
    [5, 'not-authorised'],
  ])('CONNACK %i of 3.1.1', async (code, reason) => {
    expect(failure(await check(`mqtt://127.0.0.1:${await listen(answering(connack(code, 4)))}`, { version: '3.1.1' }))).toEqual(['mqtt', reason]);
  });

  test.each([
    [0x80, 'refused-by-broker'],
    [0x81, 'refused-by-broker'],
    [0x84, 'wrong-protocol-version'],
    [0x85, 'client-id-rejected'],
    [0x86, 'bad-credentials'],
    [0x87, 'not-authorised'],
    [0x88, 'broker-unavailable'],
    [0x8a, 'not-authorised'],
    [0x8c, 'bad-auth-method'],
    [0x95, 'refused-by-broker'],
    [0x97, 'refused-by-broker'],
    [0x9c, 'use-another-server'],
    [0x9d, 'use-another-server'],
    [0x9f, 'broker-unavailable'],
  ])('CONNACK %i of MQTT 5', async (code, reason) => {
    expect(failure(await check(`mqtt://127.0.0.1:${await listen(answering(connack(code, 5)))}`))).toEqual(['mqtt', reason]);
  });

  test('a broker that only knows 3.1.1 refuses MQTT 5 with its own bytes', async () => {
    expect(failure(await check(`mqtt://127.0.0.1:${await listen(answering(connack(1, 4)))}`))).toEqual(['mqtt', 'wrong-protocol-version']);
  });

  test('peers that are no brokers, or bad ones', async () => {
    const on = async (server: net.Server, more: Partial<ConnectionProfile> = {}): Promise<unknown> =>
      failure(await check(`mqtt://127.0.0.1:${await listen(server)}`, more));
    expect(await on(answering('HTTP/1.1 400 Bad Request\r\n\r\n', true))).toEqual(['mqtt', 'peer-is-http']);
    expect(await on(answering('SSH-2.0-OpenSSH_9.2\r\n'))).toEqual(['mqtt', 'peer-is-not-mqtt']);
    expect(
      await on(
        net.createServer(() => undefined),
        { connectTimeoutSeconds: 1 },
      ),
    ).toEqual(['mqtt', 'no-connack']);
    expect(await on(net.createServer((socket) => socket.once('data', () => socket.end())))).toEqual(['mqtt', 'closed-without-connack']);
    expect(await on(net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy())))).toEqual(['mqtt', 'closed-without-connack']);
    // As Python mqttd sends it: Maximum QoS 2, which is said by saying nothing.
    expect(await on(answering(Uint8Array.of(0x20, 5, 0, 0, 2, 0x24, 2)))).toEqual(['mqtt', 'illegal-packet']);
    // The alert with which OpenSSL answers what is no TLS.
    expect(await on(answering(Uint8Array.of(0x15, 3, 3, 0, 2, 2, 0x46), true))).toEqual(['mqtt', 'peer-is-tls']);
  });

  test('a good broker, with the permissions that are asked for', async () => {
    const broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
    cleanups.push(() => broker.close());
    const uri = `mqtt://127.0.0.1:${broker.listeners[0]?.port ?? 0}`;
    const found = await check(uri, {}, {}, { subscribe: 'a/#', publish: 'a/b' });
    expect(failure(found)).toBeNull();
    expect(found.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      ...['address passed', 'names skipped', 'tcp passed', 'proxy skipped', 'tls skipped', 'certificate skipped', 'websocket skipped'],
      ...['mqtt passed', 'subscribe passed', 'publish passed'],
    ]);
    expect(failure(await check(uri, {}, {}, { subscribe: 'a/#/b' }))).toEqual(['subscribe', 'invalid-filter']);
    const refusing = await listen(
      net.createServer((socket) => {
        socket.on('data', (bytes) => {
          if (bytes[0] === 0x10) socket.write(connack(0, 5));
          else if (bytes[0] === 0x82) socket.write(Uint8Array.of(0x90, 4, bytes[2] ?? 0, bytes[3] ?? 0, 0, 0x87));
        });
      }),
    );
    expect(failure(await check(`mqtt://127.0.0.1:${refusing}`, {}, {}, { subscribe: '#' }))).toEqual(['subscribe', 'subscribe-refused']);
  });

  test('a good broker behind a secure WebSocket that wants headers and a path', async () => {
    if (!lab) return;
    const broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
    cleanups.push(() => broker.close());
    const server = https.createServer(lab.issue());
    const seen: (string | readonly string[] | undefined)[] = [];
    const sockets = new WebSocketServer({ server, path: '/mqtt', handleProtocols: (protocols) => [...protocols][0] ?? false });
    sockets.on('connection', (socket, request) => {
      seen.push(request.headers['x-token'], request.headers['sec-websocket-protocol'], request.url);
      const onward = net.connect(broker.listeners[0]?.port ?? 0, '127.0.0.1');
      const stream = createWebSocketStream(socket);
      stream.pipe(onward).pipe(stream);
      for (const end of [stream, onward]) end.on('error', () => undefined);
    });
    cleanups.push(() => sockets.close());
    const uri = `wss://localhost:${await listen(server)}/mqtt?x=1`;
    const more = {
      tls: { ...plain, ca: lab.ca },
      webSocket: {
        headers: [
          ['X-Token', 'a'],
          ['X-Token', 'b'],
        ] as [string, string][],
        subprotocol: '',
      },
    };
    expect(failure(await check(uri, more, {}, { subscribe: 'a' }))).toBeNull();
    expect(seen).toEqual(['a, b', 'mqtt', '/mqtt?x=1']);
  });

  test('ends at once when nobody waits any more', async () => {
    const port = await listen(net.createServer(() => undefined));
    const steps = new CheckSteps(() => undefined);
    const stop = new AbortController();
    const profile = newProfile('c', { name: 'Test', uri: `mqtt://127.0.0.1:${port}`, connectTimeoutSeconds: 300 });
    const checked = runCheck({ profile, secrets: {}, clientId: 'check', probe: {}, now: Date.now }, steps, stop.signal);
    stop.abort();
    await checked;
    expect(steps.view().done).toBe(true);
  });
});

function httpProxy(target: number, asked: string[]): net.Server {
  return net.createServer((socket) => {
    socket.once('data', (chunk) => {
      const text = chunk.toString('latin1');
      asked.push(`${/^CONNECT (\S+)/.exec(text)?.[1] ?? ''} ${/Proxy-Authorization: (.*)\r/.exec(text)?.[1] ?? ''}`);
      const onward = net.connect(target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  });
}

function socksProxy(target: number, asked: string[]): net.Server {
  return net.createServer((socket) => {
    let step = 0;
    socket.on('data', function talk(chunk) {
      step += 1;
      if (step === 1) socket.write(Uint8Array.of(5, 2));
      else if (step === 2) {
        const nameLength = chunk[1] ?? 0;
        asked.push(`${chunk.subarray(2, 2 + nameLength).toString()} ${chunk.subarray(3 + nameLength).toString()}`);
        socket.write(Uint8Array.of(1, 0));
      } else {
        const length = chunk[4] ?? 0;
        asked.push(`${chunk.subarray(5, 5 + length).toString()}:${chunk.readUInt16BE(5 + length)}`);
        socket.off('data', talk);
        const onward = net.connect(target, '127.0.0.1', () => {
          socket.write(Uint8Array.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
          socket.pipe(onward).pipe(socket);
        });
        onward.on('error', () => socket.destroy());
        socket.on('close', () => onward.destroy());
      }
    });
  });
}
