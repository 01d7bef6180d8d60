import { describe, expect, it } from 'vitest';
import { listenerKinds, type ListenerKind } from '../../../../shared/mqtt/listener-kinds.ts';
import { listenerOptionsSchema, type ListenerOptions } from '../../../../shared/contract/listeners.ts';
import { checkDraft, draftOf, isApplied, listenerTitle, listenerTraits, newDraft, optionsOf, placeOf, withKind, type ListenerDraft } from './listener-draft.ts';

const tls = { certificateFile: '/c', keyFile: '/k', caFile: '/ca', clientCertificates: 'require', minVersion: '1.3', crlFile: '/crl', userFrom: 'dns' };
function listener(kind: ListenerKind, more: object = {}): ListenerOptions {
  const place = kind === 'unix' ? { path: '/run/mqtt.sock' } : { port: 2000 };
  return listenerOptionsSchema.parse({ kind, id: 'a', ...place, ...(kind === 'tls' || kind === 'wss' ? { tls } : {}), ...more });
}
const filled = (change: Partial<ListenerDraft> = {}): ListenerDraft => ({ ...newDraft('new'), certificateFile: '/c', keyFile: '/k', ...change });

describe('the form of a listener', () => {
  it.each(listenerKinds)('changes nothing of a %s listener by itself', (kind) => {
    const limits = { maxConnections: 5, connectionsPerSecond: 6, maxPacketBytes: 700, proxyProtocol: true, enabled: false, name: 'Lab' };
    for (const options of [listener(kind), listener(kind, limits)]) {
      expect(checkDraft(draftOf(options), [])).toEqual({});
      expect(optionsOf(draftOf(options))).toEqual(options);
    }
  });

  it('keeps a certificate of the lab, with its authority in place of a CA file', () => {
    const options = listener('tls', { tls: { labCertificate: 'server', clientCertificates: 'require' } });
    expect(optionsOf(draftOf(options))).toEqual(options);
    expect(listenerTraits(options)).toEqual(['certificate of the lab: server', 'client certificates required']);
    expect(() => listener('tls', { tls: { clientCertificates: 'none' } })).toThrow(/a certificate of the TLS lab/);
  });

  it.each([
    [{}, []],
    [{ port: '' }, ['port']],
    [{ port: '65536' }, ['port']],
    [{ port: '1e3' }, ['port']],
    [{ port: ' 0 ' }, []],
    [{ host: ' ' }, ['host']],
    [{ certificateFile: '', keyFile: 'server.key' }, ['certificateFile', 'keyFile']],
    [{ certificateFile: String.raw`C:\mqtt\server.pem`, keyFile: String.raw`\\server\share\k` }, []],
    [{ certificateFile: '', kind: 'tcp' }, []],
    [{ clientCertificates: 'request' }, ['caFile']],
    [{ clientCertificates: 'request', kind: 'ws' }, []],
    [{ clientCertificates: 'request', caFile: '/ca', crlFile: 'crl.pem' }, ['crlFile']],
    [{ crlFile: 'crl.pem' }, []],
    [{ certificateFile: '', keyFile: '', labCertificate: 'server' }, []],
    [{ labCertificate: 'server', clientCertificates: 'require' }, []],
    [{ labCertificate: 'server', clientCertificates: 'require', caFile: 'ca.pem' }, ['caFile']],
    [{ kind: 'unix' }, ['path']],
    [{ kind: 'unix', path: 'mqtt.sock' }, ['path']],
    [{ kind: 'unix', path: '/run/mqtt.sock', port: 'x', certificateFile: '' }, []],
    [{ maxConnections: '0', connectionsPerSecond: '-1', maxPacketBytes: '63' }, ['maxConnections', 'connectionsPerSecond', 'maxPacketBytes']],
    [{ maxConnections: '1000000', connectionsPerSecond: '1', maxPacketBytes: '268435460' }, []],
  ] as const)('%j has problems at %j', (change, fields) => expect(Object.keys(checkDraft(filled(change), []))).toEqual(fields));

  it('says who uses the port or the path already', () => {
    const problem = (draft: ListenerDraft, ...others: readonly ListenerOptions[]) => checkDraft(draft, others);
    expect(problem(filled({ port: '2000' }), listener('ws', { name: 'Lab' }))).toEqual({ port: '“Lab” uses this port already.' });
    expect(problem(filled({ port: '2000' }), listener('ws', { host: '0.0.0.0' }))).toEqual({ port: 'Another listener (WebSocket) uses this port already.' });
    expect(problem(filled({ kind: 'unix', path: '/run/mqtt.sock' }), listener('unix', { name: 'Lab' }))).toEqual({ path: '“Lab” uses this path already.' });
    expect(problem(filled({ port: '2000' }), listener('ws', { host: '192.0.2.1' }), listener('tcp', { enabled: false }))).toEqual({});
    expect(problem(filled({ port: '2000', enabled: false }), listener('ws'))).toEqual({});
    expect(problem(filled({ port: '0' }), listener('ws', { port: 0 }))).toEqual({});
  });

  it('proposes the usual port of a kind until another one is typed', () => {
    expect(withKind(newDraft('a'), 'wss')).toMatchObject({ kind: 'wss', port: '8084' });
    expect(withKind({ ...newDraft('a'), port: '9000' }, 'ws').port).toBe('9000');
    expect(withKind(withKind(newDraft('a'), 'unix'), 'tls').port).toBe('8883');
  });
});

describe('a listener in words', () => {
  it('is called by its name, or its kind', () => {
    expect(listenerTitle(listener('tls', { name: 'Lab' }))).toBe('Lab');
    expect(listenerTitle(listener('wss'))).toBe('Secure WebSocket');
  });
  it('says where it is', () => {
    expect(placeOf(listener('wss'))).toBe('wss://127.0.0.1:2000');
    expect(placeOf(listener('tcp', { port: 0 }))).toBe('mqtt://127.0.0.1, any free port');
    expect(placeOf(listener('unix'))).toBe('unix:///run/mqtt.sock');
  });
  it('says what is special about it', () => {
    expect(listenerTraits(listener('tcp'))).toEqual([]);
    expect(listenerTraits(listener('tls', { host: '::', proxyProtocol: true, maxConnections: 5, maxPacketBytes: 700 }))).toEqual([
      'all addresses of this machine',
      'client certificates required',
      'user: DNS name',
      'revocation checked',
      'TLS 1.3 only',
      'behind a proxy',
      'up to 5 connections',
      'packets up to 700 bytes',
    ]);
  });
});

describe('what runs', () => {
  it('is what is saved, apart from what is switched off', () => {
    const off = listener('tcp', { enabled: false });
    expect(isApplied([listener('ws'), off], [listener('ws')])).toBe(true);
    expect(isApplied([listener('ws', { maxConnections: 1 })], [listener('ws')])).toBe(false);
    expect(isApplied([], [off])).toBe(true);
    expect(isApplied([listener('ws')], [])).toBe(false);
  });
});
