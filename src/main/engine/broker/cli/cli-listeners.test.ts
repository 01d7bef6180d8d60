import path from 'node:path';
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeListeners, readListeners } from './cli-listeners.ts';
import { cliOptions } from './cli-options.ts';

const read = (...args: readonly string[]) => readListeners(parseArgs({ args: [...args], options: cliOptions }).values);
const tls = ['--tls-port', '0', '--cert', 'c.pem', '--key', 'k.pem'] as const;

describe('listeners from the command line', () => {
  it('are one TCP port unless there is more', () => {
    expect(read()).toMatchObject([{ kind: 'tcp', host: '127.0.0.1', port: 1883, proxyProtocol: false, maxConnections: null }]);
  });

  it('are what was asked for, on one host and within the same limits', () => {
    const place = ['--port', '1', '--ws-port', '2', '--wss-port', '4', '--host', '::1', '--unix', 'a.sock'];
    const listeners = read(...tls, ...place, '--proxy', '--max-connections', '5', '--max-connects-per-second', '6', '--max-packet', '700');
    expect(listeners.map(({ kind }) => kind)).toEqual(['tcp', 'ws', 'tls', 'wss', 'unix']);
    expect(listeners[1]).toMatchObject({ host: '::1', port: 2 });
    expect(listeners[4]).toMatchObject({ path: path.resolve('a.sock') });
    for (const listener of listeners) expect(listener).toMatchObject({ proxyProtocol: true, maxConnections: 5, connectionsPerSecond: 6, maxPacketBytes: 700 });
  });

  it('ask for certificates of clients when it is known who signs them', () => {
    const files = { certificateFile: path.resolve('c.pem'), keyFile: path.resolve('k.pem') };
    const tlsOf = (...args: readonly string[]) => read('--port', 'off', ...tls, ...args)[0];
    expect(tlsOf()).toMatchObject({ tls: { ...files, caFile: null, clientCertificates: 'none', minVersion: '1.2' } });
    expect(tlsOf('--ca', 'ca.pem', '--tls-min', '1.3')).toMatchObject({
      tls: { ...files, caFile: path.resolve('ca.pem'), clientCertificates: 'require', minVersion: '1.3' },
    });
    expect(tlsOf('--ca', 'ca.pem', '--crl', 'crl.pem', '--user-from', 'common-name')).toMatchObject({
      tls: { crlFile: path.resolve('crl.pem'), userFrom: 'common-name' },
    });
    expect(tlsOf('--ca', 'ca.pem', '--client-certificates', 'request')).toMatchObject({ tls: { clientCertificates: 'request' } });
  });

  it.each([
    [['--port', 'off'], 'another listener is needed'],
    [['--tls-port', '0'], '--tls-port and --wss-port need --cert and --key'],
    [['--wss-port', '0', '--cert', 'c.pem'], 'need --cert and --key'],
    [['--cert', 'c.pem'], '--cert is about TLS'],
    [[...tls, '--crl', 'crl.pem'], '--crl needs --ca'],
    [[...tls, '--user-from', 'dns'], '--user-from needs --ca'],
    [[...tls, '--ca', 'ca.pem', '--user-from', 'connect'], '--user-from is common-name or subject'],
    [['--tls-min', '1.3'], '--tls-min is about TLS'],
    [['--ws-port', '1', '--ca', 'a'], '--ca is about TLS'],
    [[...tls, '--tls-min', '1.1'], '--tls-min is 1.2 or 1.3, not "1.1"'],
    [[...tls, '--client-certificates', 'request'], '--client-certificates needs --ca'],
    [[...tls, '--ca', 'a', '--client-certificates', 'none'], '--client-certificates is request or require'],
    [[...tls, '--cert', ''], '--cert needs a path'],
    [['--unix', ''], '--unix needs a path'],
    [['--tls-port', '65536', '--cert', 'c', '--key', 'k'], '--tls-port needs a port number'],
    [['--wss-port', '', '--cert', 'c', '--key', 'k'], '--wss-port needs a port number'],
    [['--max-connections', '0'], '--max-connections needs a number from 1'],
    [['--max-connections', ''], '--max-connections needs a number from 1'],
    [['--max-connects-per-second', '1.5'], '--max-connects-per-second needs a number'],
    [['--max-packet', '63'], '--max-packet needs a number from 64'],
    [['--max-packet', '268435461'], '--max-packet needs a number from 64 to 268435460'],
  ])('are refused plainly: %j', (args, text) => expect(() => read(...args)).toThrow(text));

  it('are told one a line, the first for scripts', () => {
    const at = (url: string) => ({ id: url, kind: 'tcp', host: '', port: 0, url }) as const;
    expect(describeListeners([at('mqtt://a'), at('ws://b'), at('unix:///c')])).toBe('listening on mqtt://a\nalso on ws://b\nalso on unix:///c\n');
  });
});
