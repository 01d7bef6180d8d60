import { randomBytes, pbkdf2Sync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { newProfile, newSubscription } from '../../../shared/connections/new-profile.ts';
import type { ConnectionProfile, ConnectionStatus } from '../../../shared/contract/connections.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { hasMosquitto, startMosquitto } from '../../../../test/conformance/mqtt/broker-process.ts';
import { openTlsLab, type TlsLab } from '../../../../test/support/tls-lab.ts';
import { createConnections, type Connections, type ConnectionSecrets } from './index.ts';
import { needs } from '../../../../test/support/needs.ts';

const patience = { timeout: 20_000 };
let lab: TlsLab | undefined;
const cleanups: (() => unknown)[] = [];
beforeAll(() => {
  lab = openTlsLab();
});
afterAll(() => lab?.remove());
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Bench {
  readonly connections: Connections;
  readonly messages: MessageRecord[];
  status(): ConnectionStatus;
}

function connectionTo(uri: string, more: Partial<ConnectionProfile> = {}, secrets: ConnectionSecrets = {}): Bench {
  const messages: MessageRecord[] = [];
  const connections = createConnections({
    profiles: [newProfile('c', { name: 'Test', uri, connectTimeoutSeconds: 20, ...more })],
    secrets: () => Promise.resolve(secrets),
    now: Date.now,
    random: Math.random,
    onMessages: (_id, records) => messages.push(...records),
    onChange: () => undefined,
    onNotification: () => undefined,
  });
  cleanups.push(() => connections.close());
  return { connections, messages, status: () => connections.statuses()[0] as ConnectionStatus };
}

/** `listener`: lines about its listener. */
async function mosquitto(lines: readonly string[], files: Readonly<Record<string, string>> = {}, listener: readonly string[] = []): Promise<number> {
  const broker = await startMosquitto(lines, files, listener);
  cleanups.push(() => broker.stop());
  return broker.port;
}

/** There and back: what is published comes in again, with all of its properties where the version has some. */
async function roundTrip({ connections, messages, status }: Bench): Promise<void> {
  await connections.connect('c');
  await vi.waitFor(() => expect(status().subscriptions).toMatchObject([{ state: 'granted' }]), patience);
  const properties = {
    contentType: 'text/plain',
    correlationData: Uint8Array.of(0, 255),
    userProperties: [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ] as [string, string][],
  };
  await connections.publish('c', { topic: 'round/trip', payload: new TextEncoder().encode('é'), qos: 2, retain: false, properties });
  await vi.waitFor(() => expect(messages.filter(({ direction }) => direction === 'in')).toHaveLength(1), patience);
}

const subscriptions = [newSubscription('round/#', { qos: 2 })];
const secured = (from: TlsLab, more: readonly string[] = []): readonly [Readonly<Record<string, string>>, readonly string[]] => {
  const { cert, key } = from.issue();
  return [
    { 'ca.pem': from.ca, 'server.pem': cert, 'server.key': key },
    ['cafile {folder}/ca.pem', 'certfile {folder}/server.pem', 'keyfile {folder}/server.key', ...more],
  ];
};

describe('mosquitto', () => {
  needs(hasMosquitto(), 'mosquitto is not installed');

  test.each(['3.1', '3.1.1', '5'] as const)('plain, MQTT %s', async (version) => {
    const port = await mosquitto(['allow_anonymous true']);
    const bench = connectionTo(`mqtt://127.0.0.1:${port}`, { version, subscriptions });
    await roundTrip(bench);
    const received = bench.messages.find(({ direction }) => direction === 'in');
    expect(received).toMatchObject({ topic: 'round/trip', qos: 2 });
    if (version !== '5') return expect(received?.properties).toBeNull();
    expect(received?.properties).toMatchObject({ contentType: 'text/plain', correlationData: Uint8Array.of(0, 255) });
    expect(received?.properties?.userProperties).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
  });

  test('over TLS, by its authority, and by pin', async () => {
    if (!lab) return;
    const [files, listener] = secured(lab);
    const tls = { ...newProfile('').tls, ca: lab.ca };
    const port = await mosquitto(['allow_anonymous true'], files, listener);
    const bench = connectionTo(`mqtts://localhost:${port}`, { subscriptions, tls });
    await roundTrip(bench);
    expect(bench.status().tls).toMatchObject({ protocol: 'TLSv1.3', verified: true, pinned: false });
    const pinned = bench.status().tls?.fingerprint ?? '';
    const byPin = connectionTo(`mqtts://localhost:${port}`, { subscriptions, tls: { ...tls, ca: '', pinned: [pinned] } });
    await byPin.connections.connect('c');
    expect(byPin.status().tls).toMatchObject({ verified: false, pinned: true });
  });

  test.each(['3.1.1', '5'] as const)('over WebSocket and secure WebSocket, MQTT %s', async (version) => {
    if (!lab) return;
    const plain = await mosquitto(['allow_anonymous true'], {}, ['protocol websockets']);
    await roundTrip(connectionTo(`ws://127.0.0.1:${plain}/mqtt`, { version, subscriptions }));
    const [files, listener] = secured(lab, ['protocol websockets']);
    const secure = await mosquitto(['allow_anonymous true'], files, listener);
    const bench = connectionTo(`wss://localhost:${secure}/mqtt`, { version, subscriptions, tls: { ...newProfile('').tls, ca: lab.ca } });
    await roundTrip(bench);
    expect(bench.status().tls).toMatchObject({ verified: true });
  });

  test('with a client certificate, which it asks for', async () => {
    if (!lab) return;
    const [files, listener] = secured(lab, ['require_certificate true', 'use_identity_as_username true']);
    const port = await mosquitto(['allow_anonymous false'], files, listener);
    const tls = { ...newProfile('').tls, ca: lab.ca };
    const client = lab.issue({ name: 'device-1', purpose: 'clientAuth' });
    await roundTrip(connectionTo(`mqtts://localhost:${port}`, { subscriptions, tls: { ...tls, certificate: client.cert } }, { privateKey: client.key }));
    const without = connectionTo(`mqtts://localhost:${port}`, { tls });
    await expect(without.connections.connect('c')).rejects.toMatchObject({ data: { reason: 'client-certificate-missing' } });
    const stranger = lab.issue({ name: 'stranger', selfSigned: true });
    const wrong = connectionTo(`mqtts://localhost:${port}`, { tls: { ...tls, certificate: stranger.cert } }, { privateKey: stranger.key });
    await expect(wrong.connections.connect('c')).rejects.toMatchObject({ data: { reason: expect.stringMatching(/^client-certificate-refused/) as string } });
  });

  test('with passwords and an access list, whose refusals are told', async () => {
    const salt = randomBytes(12);
    const hash = pbkdf2Sync('pw', salt, 101, 64, 'sha512').toString('base64');
    const files = { users: `me:$7$101$${salt.toString('base64')}$${hash}\n`, acl: 'user me\ntopic readwrite round/#\n' };
    const port = await mosquitto(['allow_anonymous false', 'password_file {folder}/users', 'acl_file {folder}/acl'], files);
    const uri = `mqtt://127.0.0.1:${port}`;
    const wrong = connectionTo(uri, { username: 'me' }, { password: 'no' });
    await expect(wrong.connections.connect('c')).rejects.toMatchObject({ data: { reason: expect.stringMatching(/bad-credentials|not-authorised/) as string } });
    const bench = connectionTo(uri, { username: 'me', subscriptions }, { password: 'pw' });
    await roundTrip(bench);
    await expect(bench.connections.publish('c', { topic: 'other', payload: new Uint8Array(1), qos: 1, retain: false })).rejects.toMatchObject({
      code: 'publish-refused',
      data: { reasonCode: 0x87 },
    });
  });

  test('a session that it keeps goes on, and its will is sent when the connection is cut', async () => {
    const port = await mosquitto(['allow_anonymous true']);
    const uri = `mqtt://127.0.0.1:${port}`;
    const connectProperties = { ...newProfile('').connectProperties, sessionExpirySeconds: 60 };
    const kept = connectionTo(uri, { clientId: 'kept', cleanStart: false, connectProperties, subscriptions });
    await kept.connections.connect('c');
    await vi.waitFor(() => expect(kept.status().subscriptions).toMatchObject([{ state: 'granted' }]), patience);
    await kept.connections.disconnect('c');
    const other = connectionTo(uri, {
      will: {
        ...{ topic: 'round/gone', payload: 'bye', payloadAs: 'text', qos: 1, retain: false, delaySeconds: 0, messageExpirySeconds: null },
        ...{ contentType: '', responseTopic: '', correlationData: '', payloadIsUtf8: true, userProperties: [['w', '1']] },
      },
      clientId: 'other',
      // The two would take the id from each other for ever.
      reconnect: { ...newProfile('').reconnect, enabled: false },
    });
    await other.connections.connect('c');
    await other.connections.publish('c', { topic: 'round/trip', payload: new Uint8Array(3), qos: 1, retain: false });
    // A second client with the same id makes the broker cut the first one off, without a DISCONNECT of its own.
    const taker = connectionTo(uri, { clientId: 'other' });
    await taker.connections.connect('c');
    await kept.connections.connect('c');
    expect(kept.status().broker?.sessionPresent).toBe(true);
    await vi.waitFor(() => expect(kept.messages.map(({ topic }) => topic).toSorted()).toEqual(['round/gone', 'round/trip']), patience);
    expect(kept.messages.find(({ topic }) => topic === 'round/gone')?.properties?.userProperties).toEqual([['w', '1']]);
  });
});
