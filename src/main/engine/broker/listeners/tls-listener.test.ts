import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPair, makeCertificates } from '../../../../../test/support/certificates.ts';
import { dialBare, dialListener } from '../../../../../test/support/dial-listener.ts';
import { connectPacket, rawPeer } from '../../../../../test/support/raw-mqtt.ts';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import { listenerOptionsSchema } from '../../../../shared/contract/listeners.ts';
import type { ConnectionInfo, Refusal } from '../broker-engine.ts';
import { Listener } from './listener.ts';
import { readTlsMaterial } from './tls-material.ts';

const certificates = makeCertificates();
afterAll(() => certificates?.remove());
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).toReversed()) close();
});

interface Opened {
  readonly at: BrokerListener;
  readonly accepted: ConnectionInfo[];
  readonly refusals: Refusal[];
}

const until = (check: () => unknown): Promise<void> => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 5 });

describe('a TLS listener (needs openssl)', () => {
  beforeEach(({ skip }) => skip(!certificates, 'openssl is not installed'));

  const { ca, server, client, second, lists, strangersList, stranger } = certificates ?? ({} as NonNullable<typeof certificates>);

  async function open(more: object = {}, { kind = 'tls', arrivalTimeoutMs = 10_000 }: { kind?: string; arrivalTimeoutMs?: number } = {}): Promise<Opened> {
    const files = { certificateFile: server.certificate, keyFile: server.key, caFile: ca };
    const options = listenerOptionsSchema.parse({ kind, id: 'it', port: 0, tls: { ...files, ...more } });
    if (options.kind !== 'tls' && options.kind !== 'wss') throw new Error(kind);
    const accepted: ConnectionInfo[] = [];
    const refusals: Refusal[] = [];
    const listener = new Listener(options, await readTlsMaterial({ id: 'it', label: 'TLS' }, options.tls, Date.now()), {
      accept: (stream, info) => {
        accepted.push(info);
        stream.on('error', () => undefined);
        stream.end('welcome');
      },
      onRefused: (refusal) => refusals.push(refusal),
      maximumPacketSize: 1_000_000,
      arrivalTimeoutMs,
    });
    await listener.listen();
    closers.push(() => listener.close());
    return { at: listener.address, accepted, refusals };
  }

  /** What a client gets that trusts the listener; an error where the handshake fails. */
  async function visit(at: BrokerListener, options: tls.ConnectionOptions = {}): Promise<string> {
    const stream = await dialListener(at, { tls: { ca: readFileSync(ca), ...options } });
    closers.push(() => void stream.destroy());
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    return text;
  }

  it('takes clients without certificates unless it asks for them', async () => {
    const { at, accepted } = await open();
    expect(await visit(at, loadPair(stranger))).toBe('welcome');
    expect(accepted).toEqual([{ transport: 'tls', address: expect.any(String), listener: 'it' }]);
  });

  it.each(['request', 'require'] as const)('names who shows a certificate it trusts (%s)', async (clientCertificates) => {
    const { at, accepted, refusals } = await open({ clientCertificates });
    expect(await visit(at, loadPair(client))).toBe('welcome');
    expect(accepted).toMatchObject([{ certificateSubject: 'CN=device-1, O=Lab' }]);
    expect(refusals).toEqual([]);
  });

  it('takes who shows none, where it only requests one', async () => {
    const { at, accepted } = await open({ clientCertificates: 'request' });
    expect(await visit(at)).toBe('welcome');
    expect(accepted[0]).not.toHaveProperty('certificateSubject');
  });

  it.each([
    ['require', 'TLSv1.2'],
    ['require', 'TLSv1.3'],
    ['request', 'TLSv1.2'],
    ['request', 'TLSv1.3'],
  ] as const)('refuses a certificate that it does not trust (%s, %s)', async (clientCertificates, maxVersion) => {
    const { at, accepted, refusals } = await open({ clientCertificates });
    await visit(at, { ...loadPair(stranger), maxVersion }).catch(() => '');
    await until(() => refusals.length === 1);
    expect(refusals).toMatchObject([
      {
        transport: 'tls',
        listener: 'it',
        address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        reason: expect.stringContaining('which this listener does not trust (DEPTH_ZERO_SELF_SIGNED_CERT)'),
      },
    ]);
    expect(accepted).toEqual([]);
  });

  it.each([
    ['common-name', 'device-2'],
    ['subject', 'CN=device-2,O=Lab'],
    ['email', 'device-2@lab.test'],
    ['dns', 'device-2.lab'],
    ['uri', 'urn:lab:device-2'],
  ] as const)('takes its user from the certificate (%s)', async (userFrom, user) => {
    const { at, accepted } = await open({ clientCertificates: 'request', userFrom });
    await visit(at, loadPair(second));
    await visit(at);
    expect(accepted).toMatchObject([{ certificateUser: user }, {}]);
    expect(accepted[1]).not.toHaveProperty('certificateUser');
  });

  it('says when the certificate has no name of that kind', async () => {
    const { at, accepted } = await open({ clientCertificates: 'require', userFrom: 'email' });
    await visit(at, loadPair(client));
    expect(accepted).toMatchObject([{ certificateUser: null }]);
  });

  it.each(['request', 'require'] as const)('refuses whose certificate was revoked (%s)', async (clientCertificates) => {
    const { at, accepted, refusals } = await open({ clientCertificates, crlFile: lists.second });
    await visit(at, loadPair(second)).catch(() => '');
    await until(() => refusals.length === 1);
    expect(refusals).toMatchObject([{ reason: 'It showed a certificate which has been revoked.' }]);
    expect(await visit(at, loadPair(client))).toBe('welcome');
    expect(accepted).toMatchObject([{ certificateSubject: 'CN=device-1, O=Lab' }]);
  });

  it.each([
    ['which is out of date', () => lists.old, 'the CRL file of this listener is out of date'],
    ['which is of others', () => strangersList, 'of an authority of which the CRL file of this listener has no list'],
  ])('lets nobody in with a CRL file %s, and says so', async (_what, crlFile, reason) => {
    const { at, accepted, refusals } = await open({ clientCertificates: 'require', crlFile: crlFile() });
    await visit(at, loadPair(client)).catch(() => '');
    await until(() => refusals.length === 1);
    expect(refusals).toMatchObject([{ reason: expect.stringContaining(reason) }]);
    expect(accepted).toEqual([]);
  });

  it('takes several lists in one file', async () => {
    const all = path.join(certificates?.folder ?? '', 'all.crl');
    writeFileSync(all, [strangersList, lists.second].map((file) => readFileSync(file, 'utf8')).join('\n'));
    const { at, refusals } = await open({ clientCertificates: 'require', crlFile: all });
    expect(await visit(at, loadPair(client))).toBe('welcome');
    await visit(at, loadPair(second)).catch(() => '');
    await until(() => refusals.length === 1);
  });

  it('tells who shows none, where it requires one', async () => {
    const { at, accepted, refusals } = await open({ clientCertificates: 'require' });
    await expect(visit(at)).rejects.toMatchObject({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
    expect(refusals).toMatchObject([{ reason: 'It showed no certificate, which this listener requires.' }]);
    expect(accepted).toEqual([]);
  });

  it('asks for certificates over secure WebSocket as well', async () => {
    const { at, accepted } = await open({ clientCertificates: 'require' }, { kind: 'wss' });
    await visit(at, loadPair(client));
    expect(accepted).toMatchObject([{ transport: 'wss', certificateSubject: 'CN=device-1, O=Lab' }]);
  });

  it('refuses versions of TLS below its own', async () => {
    const { at, refusals } = await open({ minVersion: '1.3' });
    await expect(visit(at, { maxVersion: 'TLSv1.2' })).rejects.toMatchObject({ code: expect.stringContaining('PROTOCOL_VERSION') });
    expect(refusals).toMatchObject([{ reason: 'It speaks only versions of TLS that this listener does not take.' }]);
    expect(await visit(at)).toBe('welcome');
  });

  it.each([
    ['MQTT', connectPacket({ clientId: 'plain' })],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('refuses plain %s with a reason', async (_name, bytes) => {
    const { at, refusals } = await open();
    const peer = rawPeer(await dialBare(at));
    peer.send(bytes);
    await peer.closed();
    expect(refusals).toMatchObject([{ reason: 'It did not speak TLS, which this listener needs.' }]);
  });

  it('knows a client that does not trust it', async () => {
    const { at, refusals } = await open();
    // OpenSSL tells the other side of it in TLS 1.2.
    await expect(visit(at, { ca: readFileSync(stranger.certificate), maxVersion: 'TLSv1.2' })).rejects.toThrow();
    expect(refusals.every(({ reason }) => reason.includes('does not trust'))).toBe(true);
  });

  it.each([
    ['tls', '', 'Its TLS handshake was not finished in time.'],
    ['tls', '160301', 'Its TLS handshake was not finished in time.'],
    ['wss', '', 'Its TLS handshake was not finished in time.'],
  ])('closes a %s connection that sent only "%s" of a handshake', async (kind, hex, reason) => {
    const { at, refusals } = await open({}, { kind, arrivalTimeoutMs: 50 });
    const peer = rawPeer(await dialBare(at));
    peer.send(Buffer.from(hex, 'hex'));
    expect((await peer.closed()).length).toBe(0);
    expect(refusals).toMatchObject([{ transport: kind, reason }]);
  });

  it('closes a secure WebSocket whose request does not come', async () => {
    const { at, refusals } = await open({}, { kind: 'wss', arrivalTimeoutMs: 300 });
    const socket = tls.connect({ socket: await dialBare(at), servername: 'localhost', ca: readFileSync(ca) });
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'close');
    expect(refusals).toMatchObject([{ transport: 'wss', reason: expect.stringMatching(/^Its (WebSocket request|TLS handshake) .* in time\.$/) }]);
  });

  it('takes nobody’s silence for a refusal who leaves during the handshake', async () => {
    const { at, refusals } = await open({}, { arrivalTimeoutMs: 100 });
    const gone = await dialBare(at);
    gone.write(Buffer.from('160301', 'hex'));
    gone.resetAndDestroy();
    // By the time this one's time is over, that of the other would have been as well.
    const silent = await dialBare(at);
    const { localPort } = silent;
    await rawPeer(silent).closed();
    expect(refusals).toMatchObject([{ address: `127.0.0.1:${localPort}` }]);
  });
});
