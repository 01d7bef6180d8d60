import { resolve } from 'node:path';
import process from 'node:process';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import { userSources, type ListenerKind } from '../../../../shared/mqtt/listener-kinds.ts';
import { listenerOptionsSchema, type ListenerOptions } from '../../../../shared/contract/listeners.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';
import type { GivenOptions } from './cli-options.ts';

/** What a configuration has for the same. */
type ConfiguredListeners = Pick<Settings['broker'], 'host' | 'tcpPort' | 'webSocketPort' | 'listeners'>;

const usual: ConfiguredListeners = { host: '127.0.0.1', tcpPort: 1883, webSocketPort: null, listeners: [] };

/** All listeners that the arguments ask for, beside or in place of those of a configuration. Throws an error that says which argument is wrong. */
export function readListeners(given: GivenOptions, configured: ConfiguredListeners = usual): readonly ListenerOptions[] {
  const host = given.host ?? configured.host;
  if (host.length === 0 || host.length > 255) throw new Error('--host needs an address or a host name.');
  const common = {
    ...(given.proxy === true ? { proxyProtocol: true } : {}),
    ...number('maxConnections', '--max-connections', given['max-connections'], 1, 1_000_000),
    ...number('connectionsPerSecond', '--max-connects-per-second', given['max-connects-per-second'], 1, 1_000_000),
    ...number('maxPacketBytes', '--max-packet', given['max-packet'], 64, 268_435_460),
  };
  const secure = readTls(given);
  const listener = (kind: ListenerKind, more: object): ListenerOptions => listenerOptionsSchema.parse({ kind, id: kind, ...more });
  const at = (kind: ListenerKind, option: 'port' | 'ws-port' | 'tls-port' | 'wss-port', tls?: object): ListenerOptions[] => {
    const text = given[option];
    return text === undefined ? [] : [listener(kind, { host, port: readPort(`--${option}`, text), ...(tls && { tls }) })];
  };
  const simple = (kind: 'tcp' | 'ws', port: number | null): ListenerOptions[] => (port === null ? [] : [listener(kind, { host, port })]);
  const asked = [
    ...(given.port === 'off' ? [] : given.port === undefined ? simple('tcp', configured.tcpPort) : at('tcp', 'port')),
    ...(given['ws-port'] === undefined ? simple('ws', configured.webSocketPort) : at('ws', 'ws-port')),
    ...at('tls', 'tls-port', secure),
    ...at('wss', 'wss-port', secure),
    ...(given.unix === undefined ? [] : [listener('unix', { path: readPath('--unix', given.unix) })]),
  ];
  const others = configured.listeners.filter(({ enabled, id }) => enabled && !asked.some((one) => one.id === id));
  const listeners = [...asked, ...others].map((one) => ({ ...one, ...common }));
  if (listeners.length === 0) throw new Error('With --port off, another listener is needed: --ws-port, --tls-port, --wss-port or --unix.');
  return listeners;
}

function readTls(given: GivenOptions): object | undefined {
  const isServed = given['tls-port'] !== undefined || given['wss-port'] !== undefined;
  const about = (['cert', 'key', 'ca', 'client-certificates', 'crl', 'user-from', 'tls-min'] as const).find((name) => given[name] !== undefined);
  if (!isServed) {
    if (about !== undefined) throw new Error(`--${about} is about TLS, which only --tls-port and --wss-port serve.`);
    return undefined;
  }
  const { cert, key, ca } = given;
  if (cert === undefined || key === undefined) throw new Error('--tls-port and --wss-port need --cert and --key.');
  const wanted = readChoice('--client-certificates', given['client-certificates'], ['request', 'require']);
  if (wanted !== undefined && ca === undefined) throw new Error('--client-certificates needs --ca, to check them with.');
  const needsCa = (['crl', 'user-from'] as const).find((name) => given[name] !== undefined && ca === undefined);
  if (needsCa !== undefined) throw new Error(`--${needsCa} needs --ca: it is about the certificates of clients.`);
  return {
    certificateFile: readPath('--cert', cert),
    keyFile: readPath('--key', key),
    caFile: ca === undefined ? null : readPath('--ca', ca),
    clientCertificates: ca === undefined ? 'none' : (wanted ?? 'require'),
    minVersion: readChoice('--tls-min', given['tls-min'], ['1.2', '1.3']) ?? '1.2',
    crlFile: given.crl === undefined ? null : readPath('--crl', given.crl),
    userFrom: readChoice('--user-from', given['user-from'], userSources.slice(1)) ?? 'connect',
  };
}

export function readPort(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`${option} needs a port number from 0 to 65535, not "${text}".`);
  return port;
}

function number(key: string, option: string, text: string | undefined, min: number, max: number): Readonly<Record<string, number>> {
  if (text === undefined) return {};
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new Error(`${option} needs a number from ${min} to ${max}, not "${text}".`);
  return { [key]: value };
}

function readChoice<T extends string>(option: string, text: string | undefined, choices: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined) throw new Error(`${option} is ${choices.join(' or ')}, not "${text}".`);
  return chosen;
}

/** From where the command runs. */
function readPath(option: string, text: string): string {
  if (text === '') throw new Error(`${option} needs a path.`);
  // The name of a Windows pipe is no path.
  return process.platform === 'win32' && text.startsWith('\\\\') ? text : resolve(text);
}

/** The first line is for scripts: they wait for it, and take the address from it. */
export function describeListeners(listeners: readonly BrokerListener[]): string {
  return listeners.map(({ url }, at) => `${at === 0 ? 'listening' : 'also'} on ${url}\n`).join('');
}
