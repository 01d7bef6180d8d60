import { execFile, execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labFaults, type LabCertificate, type LabFault } from '../../../shared/contract/tls-lab.ts';
import { listenersSchema } from '../../../shared/contract/listeners.ts';
import { newProfile } from '../../../shared/connections/new-profile.ts';
import type { BrokerListener } from '../../../shared/contract/broker.ts';
import type { ConnectionProfile } from '../../../shared/contract/connection-profile.ts';
import { connectPacket, rawPeer } from '../../../../test/support/raw-mqtt.ts';
import { withLabFiles } from '../broker/lab-listeners.ts';
import { openLocalBroker, type LocalBroker } from '../broker/local-broker.ts';
import { CheckSteps, runCheck } from '../connections/check/index.ts';
import { openTlsLab, type TlsLab } from './tls-lab.ts';

const hasOpenssl = works('openssl', ['version']);
let folder: string;
let lab: TlsLab;
let broker: LocalBroker | undefined;
beforeEach(async () => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'workbench-lab-')), 'tls-lab');
  lab = await openTlsLab({ folder, now: Date.now });
});
afterEach(async () => {
  await broker?.close();
  broker = undefined;
  rmSync(path.dirname(folder), { recursive: true, force: true });
});

function works(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const openssl = (...args: readonly string[]): string => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
const at = (name: string): string => path.join(folder, name);
const text = (file: string): string => readFileSync(file, 'utf8');
const authorityPem = (): string => lab.view().authority?.pem ?? '';
const issue = (name: string, role: 'server' | 'device', fault: LabFault | null = null): Promise<LabCertificate> => lab.issue({ name, role, fault, names: [] });

describe('the TLS lab', () => {
  it('makes an authority and a server certificate for all names of this machine at once, and only once', async () => {
    expect(lab.view()).toEqual({ authority: null, certificates: [], problems: [] });
    const [made, again] = await Promise.all([lab.prepare(), lab.prepare()]);
    expect(again).toEqual(made);
    expect(made).toMatchObject({ id: 'server', role: 'server', fault: null, expectation: null, subject: 'CN=server, O=MQTT Workbench lab', key: 'EC P-256' });
    const addresses = Object.values(os.networkInterfaces()).flatMap((all) => all ?? []);
    const own = new X509Certificate(text(made.certificateFile));
    for (const { address } of addresses.filter(({ scopeid }) => !scopeid)) expect(own.checkIP(address), address).toBe(address);
    expect(own.checkHost('localhost')).toBe('localhost');
    expect(own.checkIP('::1')).toBe('::1');
    const authority = new X509Certificate(authorityPem());
    expect(authority.ca).toBe(true);
    expect(own.verify(authority.publicKey)).toBe(true);
    expect(own.checkIssued(authority)).toBe(true);
  });

  it('keeps keys for this user alone, out of version control', async ({ skip }) => {
    await lab.prepare();
    expect(text(at('.gitignore'))).toBe('*\n');
    skip(process.platform === 'win32', 'Windows has no modes');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of ['authority.key', 'server.key']) expect(statSync(at(name)).mode & 0o777, name).toBe(0o600);
  });

  it('has all again after a restart, and says what is damaged', async () => {
    await lab.prepare();
    await issue('Device 1', 'device');
    await issue('Device 1', 'device');
    const again = await openTlsLab({ folder, now: Date.now });
    expect(again.view()).toEqual(lab.view());
    expect(again.view().certificates.map(({ id }) => id)).toEqual(['server', 'device-1', 'device-1-2']);
    writeFileSync(at('device-1.pem'), 'nothing');
    writeFileSync(at('authority.key'), text(at('server.key')));
    const damaged = await openTlsLab({ folder, now: Date.now });
    expect(damaged.view().problems).toEqual([expect.stringContaining('its key is another one'), expect.stringContaining('“Device 1” (device-1.pem)')]);
    await expect(damaged.issue({ name: 'x', role: 'device', fault: null, names: [] })).rejects.toMatchObject({ code: 'invalid-state' });
    await damaged.clear();
    expect(damaged.view()).toEqual({ authority: null, certificates: [], problems: [] });
    expect((await damaged.prepare()).id).toBe('server');
    expect(damaged.view().problems).toEqual([]);
  });

  it('renews under the same id, and deletes with the files', async () => {
    const made = await issue('Pump, Süd/1', 'device');
    expect(made.id).toBe('pump-su-d-1');
    const renewed = await lab.renew(made.id);
    expect(renewed).toMatchObject({ id: made.id, subject: 'CN=Pump\\, Süd/1, O=MQTT Workbench lab' });
    expect(renewed.sha256).not.toBe(made.sha256);
    await lab.remove(made.id);
    expect(readdirSync(folder).filter((name) => name.startsWith('pump'))).toEqual([]);
    await expect(lab.renew(made.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('refuses names that no client could ask for', async () => {
    for (const name of ['mqtt://x', 'a b', 'x:1883', 'ü.example']) {
      await expect(lab.issue({ name: 's', role: 'server', fault: null, names: [name] })).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining(name),
      });
    }
    await expect(issue('d', 'device', 'wrong-name')).rejects.toMatchObject({ code: 'bad-input' });
    const made = await lab.issue({ name: 's', role: 'server', fault: null, names: ['broker.lab', '*.lab', '10.0.0.7', '2001:db8::1:2', '::ffff:1.2.3.4'] });
    expect(made.alternativeNames).toEqual(
      expect.arrayContaining(['DNS:broker.lab', 'DNS:*.lab', 'IP Address:10.0.0.7', 'IP Address:2001:DB8:0:0:0:0:1:2', 'IP Address:0:0:0:0:0:FFFF:102:304']),
    );
  });

  it('exports what a device needs', async ({ skip }) => {
    const { id } = await issue('device-1', 'device');
    const key = await lab.export(id, 'key', '');
    expect(createPrivateKey(Buffer.from(key.content)).asymmetricKeyType).toBe('ec');
    await expect(lab.export(id, 'p12', '')).rejects.toMatchObject({ code: 'bad-input' });
    const p12 = await lab.export(id, 'p12', 'pässword');
    // Node reads it with certificate, key and authority.
    const context = tls.createSecureContext({ pfx: Buffer.from(p12.content), passphrase: 'pässword' });
    expect(context.context).toBeDefined();
    expect(() => tls.createSecureContext({ pfx: Buffer.from(p12.content), passphrase: 'other' })).toThrow(/mac verify/i);
    skip(!hasOpenssl, 'openssl is not installed');
    writeFileSync(at('d.p12'), p12.content);
    const shown = openssl('pkcs12', '-in', at('d.p12'), '-passin', 'pass:pässword', '-nodes');
    expect(shown.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(shown).toContain('BEGIN PRIVATE KEY');
    expect(shown).toContain('friendlyName: device-1');
  });

  it('writes zips that others open', async ({ skip }) => {
    const { id } = await issue('device-1', 'device');
    const zip = await lab.export(id, 'zip', 'secret');
    expect(zip.fileName).toBe('device-1.zip');
    skip(!works('python3', ['--version']), 'python3 is not installed');
    writeFileSync(at('d.zip'), zip.content);
    const read = execFileSync(
      'python3',
      [
        '-c',
        'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(*z.namelist()); print(z.read("device-1/ca.pem").decode())',
        at('d.zip'),
      ],
      { encoding: 'utf8' },
    );
    expect(read.split('\n')[0]).toBe('device-1/ca.pem device-1/device-1.pem device-1/device-1.key device-1/device-1.p12 device-1/README.txt');
    expect(read).toContain(authorityPem().trim());
  });
});

describe('certificates of the lab, judged by openssl', () => {
  beforeEach(({ skip }) => skip(!hasOpenssl, 'openssl is not installed'));

  /** What `openssl verify` says: `OK` or its reason. */
  function verify({ certificateFile }: LabCertificate, purpose: 'sslserver' | 'sslclient', more: readonly string[] = []): string {
    try {
      openssl('verify', '-x509_strict', '-purpose', purpose, '-CAfile', at('authority.pem'), ...more, certificateFile);
      return 'OK';
    } catch (error) {
      return (error as { readonly stderr: string }).stderr;
    }
  }

  it('are good for what they are for', async () => {
    const [server, device] = [await lab.prepare(), await issue('d', 'device')];
    expect(verify(server, 'sslserver', ['-verify_hostname', 'localhost'])).toBe('OK');
    expect(verify(server, 'sslserver', ['-verify_ip', '127.0.0.1'])).toBe('OK');
    expect(verify(server, 'sslclient')).toMatch(/purpose/);
    expect(verify(device, 'sslclient')).toBe('OK');
    expect(verify(device, 'sslserver')).toMatch(/purpose/);
  });

  it.each([
    ['expired', /has expired/],
    ['not-yet-valid', /not yet valid/],
    ['unknown-authority', /unable to get local issuer|self-signed/],
    ['missing-intermediate', /unable to get local issuer/],
    ['weak-key', /key too small|too weak/],
    ['wrong-usage', /purpose/],
  ] as const)('are refused when they are wrong on purpose: %s', async (fault, reason) => {
    const level = fault === 'weak-key' ? ['-auth_level', '2'] : [];
    expect(verify(await issue('s', 'server', fault), 'sslserver', level)).toMatch(reason);
    expect(verify(await issue('d', 'device', fault), 'sslclient', level)).toMatch(reason);
  });

  it('are refused for another host', async () => {
    expect(verify(await issue('s', 'server', 'wrong-name'), 'sslserver', ['-verify_hostname', 'localhost'])).toMatch(/hostname mismatch/i);
  });
});

/** A TLS listener with a certificate of the lab. */
async function listenWith(id: string, more: object = {}): Promise<BrokerListener> {
  const listeners = listenersSchema.parse([{ kind: 'tls', id: 'it', port: 0, tls: { labCertificate: id, ...more } }]);
  broker = await openLocalBroker(withLabFiles({ engine: 'workbench', host: '127.0.0.1', tcpPort: null, webSocketPort: null, listeners }, lab.files));
  return broker.listeners[0] as BrokerListener;
}

/** Resolves with the socket, or the code with which Node refuses. */
function connectTo(port: number, more: tls.ConnectionOptions = {}): Promise<tls.TLSSocket | string> {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port, ca: authorityPem(), ...more });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('secureConnect', () => resolve(socket));
  });
}

describe('a TLS listener with a certificate of the lab', () => {
  it('serves clients that trust the lab', async () => {
    const { id } = await lab.prepare();
    const { port } = await listenWith(id);
    const socket = (await connectTo(port)) as tls.TLSSocket;
    const peer = rawPeer(socket);
    peer.send(connectPacket({ clientId: 'c' }));
    expect((await peer.next()).toString('hex')).toBe('20020000');
    peer.end();
    expect(await check(port)).toBeNull();
  });

  // Node has no word for a weak key.
  const refusals: Readonly<Record<LabFault, readonly [node: RegExp, check: string]>> = {
    expired: [/^CERT_HAS_EXPIRED$/, 'certificate-expired'],
    'not-yet-valid': [/^CERT_NOT_YET_VALID$/, 'certificate-not-yet-valid'],
    'wrong-name': [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'wrong-host-name'],
    'unknown-authority': [/^SELF_SIGNED_CERT_IN_CHAIN$/, 'unknown-ca'],
    'missing-intermediate': [/^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/, 'unknown-ca'],
    'weak-key': [/^UNSPECIFIED$/, 'weak-key'],
    'wrong-usage': [/^INVALID_PURPOSE$/, 'wrong-purpose'],
  };
  it.each(labFaults)('is refused by Node and by our own check when it is wrong on purpose: %s', async (fault) => {
    const { id, expectation } = await issue('wrong', 'server', fault);
    expect(expectation).toMatch(/must refuse it because .*\.$/);
    const { port } = await listenWith(id);
    const [node, checked] = refusals[fault];
    expect(await connectTo(port)).toMatch(node);
    expect(await check(port)).toBe(checked);
  });

  it.each([null, ...labFaults.filter((fault) => fault !== 'wrong-name')])('judges devices: %s', async (fault) => {
    const { id } = await lab.prepare();
    const { port } = await listenWith(id, { clientCertificates: 'require' });
    const device = await issue('device-1', 'device', fault);
    // What the client itself thinks of a weak key is not asked.
    const ciphers = fault === 'weak-key' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {};
    const socket = await connectTo(port, { cert: text(device.certificateFile), key: text(device.keyFile), ...ciphers });
    expect(socket).toBeInstanceOf(tls.TLSSocket);
    const peer = rawPeer(socket as tls.TLSSocket);
    peer.send(connectPacket({ clientId: 'c' }));
    const answer = await peer.next().then(
      (bytes) => bytes.toString('hex'),
      () => 'closed',
    );
    expect(answer).toBe(fault === null ? '20020000' : 'closed');
    peer.end();
  });

  it('is trusted by openssl s_client and mosquitto_sub with the CA, and by nobody without', async ({ skip }) => {
    const { id } = await lab.prepare();
    const device = await issue('device-1', 'device');
    const { port } = await listenWith(id, { clientCertificates: 'require' });
    const own = ['--cert', device.certificateFile, '--key', device.keyFile];
    const sub = (...args: readonly string[]): Promise<Ran> => run('mosquitto_sub', ['-h', 'localhost', '-p', String(port), '-t', '#', '-E', ...args]);
    const client = (...args: readonly string[]): Promise<Ran> =>
      run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-verify_return_error', '-verify_hostname', 'localhost', ...args]);
    skip(!hasOpenssl, 'openssl is not installed');
    expect(await client('-CAfile', at('authority.pem'))).toMatchObject({ output: expect.stringContaining('Verify return code: 0 (ok)') });
    expect(await client()).toMatchObject({ output: expect.stringMatching(/certificate verify failed/) });
    skip(!works('sh', ['-c', 'command -v mosquitto_sub']), 'mosquitto-clients is not installed');
    expect(await sub('--cafile', at('authority.pem'), ...own)).toEqual({ code: 0, output: '' });
    expect((await sub('--cafile', at('authority.pem'))).code).not.toBe(0);
    expect((await sub('--cafile', device.certificateFile, ...own)).code).not.toBe(0);
  }, 60_000);

  it('is not opened with a certificate whose time is over', async () => {
    const { id } = await lab.prepare();
    const later = Date.now() + 400 * 86_400_000;
    lab = await openTlsLab({ folder, now: () => later });
    await expect(listenWith(id)).rejects.toMatchObject({ code: 'certificate-unusable', advice: expect.stringContaining('Renew it in the lab') });
    expect((await lab.prepare()).validTo).toBeGreaterThan(later);
    expect(lab.files(id)).toMatchObject({ isOver: false });
  });

  it('says which certificate is missing', async () => {
    await expect(listenWith('gone')).rejects.toMatchObject({
      code: 'certificate-unusable',
      message: expect.stringContaining('“gone”'),
      data: { listener: 'it' },
    });
  });
});

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Without blocking this process, in which the broker runs; nothing on its standard input. */
function run(command: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { timeout: 20_000 }, (_error, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }));
    child.stdin?.end();
  });
}

/** The code with which our own check refuses, `null`: it passes. */
async function check(port: number): Promise<string | null> {
  const steps = new CheckSteps(() => undefined);
  const trusting: ConnectionProfile['tls'] = { ...newProfile('').tls, ca: authorityPem() };
  const profile = newProfile('c', { name: 'Lab', uri: `mqtts://127.0.0.1:${port}`, connectTimeoutSeconds: 10, tls: trusting });
  await runCheck({ profile, secrets: {}, clientId: 'check', probe: {}, now: Date.now }, steps, new AbortController().signal);
  return steps.view().steps.find(({ state }) => state === 'failed')?.code ?? null;
}
