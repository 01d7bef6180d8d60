import type { TextProblem } from './utf8-text.ts';

type UriScheme = 'mqtt' | 'mqtts' | 'ws' | 'wss';

export interface BrokerUri {
  readonly scheme: UriScheme;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** Of WebSocket addresses, with the query; empty for the others. */
  readonly path: string;
  /** Percent-decoded. */
  readonly username?: string;
  readonly password?: string;
}

export type UriResult = { readonly ok: true; readonly value: BrokerUri } | { readonly ok: false; readonly problem: TextProblem };

const defaultPorts: Readonly<Record<UriScheme, number>> = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 };

const aliases: Readonly<Record<string, UriScheme>> = { mqtt: 'mqtt', tcp: 'mqtt', mqtts: 'mqtts', ssl: 'mqtts', tls: 'mqtts', ws: 'ws', wss: 'wss' };

const example = 'Write it like mqtt://broker.example:1883, mqtts://…, ws://broker.example:8083/mqtt or wss://….';
const no = (message: string, advice = example): UriResult => ({ ok: false, problem: { message, advice } });

/** Reads a broker's address. A bare `host` or `host:port` is taken as `mqtt://`. */
export function parseBrokerUri(text: string): UriResult {
  const trimmed = text.trim();
  if (trimmed === '') return no('The address is empty.');
  if (/\s/.test(trimmed)) return no('The address contains a space.', 'Remove it; a space inside a password is written %20.');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase() ?? (trimmed.startsWith('//') ? '' : 'mqtt');
  const known = aliases[scheme];
  if (!known) {
    if (scheme === 'http' || scheme === 'https') {
      return no(`"${scheme}://" is a web address.`, `For MQTT over WebSocket write ${scheme === 'http' ? 'ws' : 'wss'}://…; for plain MQTT write mqtt://….`);
    }
    return no(`"${scheme}://" is not an MQTT address.`);
  }
  const rest = trimmed.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  // The scheme is replaced by one for which the URL parser follows the web's rules for hosts and ports.
  const web = `http://${rest}`;
  if (/^(?:\[[^\]]*\]|[^:/?#[\]]*):[^:/?#]*:/.test(rest.slice(rest.lastIndexOf('@') + 1)))
    return no('The address has more than one port, or an IPv6 address without brackets.', 'Write an IPv6 address in brackets: mqtt://[::1]:1883.');
  const port = /:(\d*)(?=$|[/?#])/.exec(rest.slice(rest.lastIndexOf('@') + 1).replace(/^\[[^\]]*\]/, ''))?.[1];
  if (port !== undefined && port !== '' && (Number(port) < 1 || Number(port) > 65_535))
    return no(`${port} is not a port.`, 'Ports go from 1 to 65535; MQTT usually uses 1883, or 8883 with TLS.');
  if (!URL.canParse(web)) return no(`"${trimmed}" is not an address.`);
  const url = new URL(web);
  if (url.hostname === '') return no('The address names no host.');
  const isWebSocket = known === 'ws' || known === 'wss';
  const path = isWebSocket ? `${url.pathname === '/' ? '' : url.pathname}${url.search}` : '';
  if (!isWebSocket && url.pathname !== '/' && url.pathname !== '')
    return no(`"${known}://" addresses have no path ("${url.pathname}").`, 'Remove the path, or use ws:// or wss:// for MQTT over WebSocket.');
  try {
    return {
      ok: true,
      value: {
        scheme: known,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: port ? Number(port) : defaultPorts[known],
        path,
        ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
        ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
      },
    };
  } catch {
    return no('The user name or password has a broken percent code.', 'Write a "%" itself as %25.');
  }
}

/** Writes an address without user info; the default port is left out. */
export function formatBrokerUri({ scheme, host, port, path }: Pick<BrokerUri, 'scheme' | 'host' | 'port' | 'path'>): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${name}${port === defaultPorts[scheme] ? '' : `:${port}`}${path}`;
}
