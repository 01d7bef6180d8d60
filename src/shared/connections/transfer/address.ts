import { hasVariables, parseTemplateUri } from '../fill-profile.ts';
import { formatBrokerUri, parseBrokerUri, type BrokerUri } from '../../mqtt/broker-uri.ts';

type Scheme = BrokerUri['scheme'];

export interface AddressParts {
  readonly scheme: Scheme;
  /** As written; IPv6 with or without brackets. */
  readonly host: string;
  /** `undefined`: the usual one. */
  readonly port: number | undefined;
  /** For WebSocket; with or without the first `/`. */
  readonly path?: string;
}

/** The address of a profile, or why the parts make none. */
export function addressOf({ scheme, host, port, path = '' }: AddressParts): { readonly uri: string } | { readonly problem: string } {
  const bare = host.trim().replace(/^\[(.*)\]$/, '$1');
  if (bare === '') return { problem: 'No host is named.' };
  if (/[/?#@\s\\]/.test(bare)) return { problem: `"${bare.slice(0, 80)}" is not a host.` };
  const isWebSocket = scheme === 'ws' || scheme === 'wss';
  const rest = !isWebSocket || path === '' ? '' : path.startsWith('/') ? path : `/${path}`;
  const written = `${scheme}://${bare.includes(':') && !bare.includes('{{') ? `[${bare}]` : bare}${port === undefined ? '' : `:${port}`}${rest}`;
  return readAddress(written);
}

/** The same for a whole address; user info comes apart. */
export function readAddress(text: string): { readonly uri: string; readonly username: string; readonly password: string } | { readonly problem: string } {
  const parsed = parseTemplateUri(text);
  if (parsed.ok && hasVariables(text) && parsed.value.username === undefined && parsed.value.password === undefined && text.length <= 2048)
    return { uri: text.trim(), username: '', password: '' };
  if (!parsed.ok) return { problem: `${parsed.problem.message} ${parsed.problem.advice}` };
  const uri = formatBrokerUri(parsed.value);
  if (uri.length > 2048) return { problem: 'The address has more than 2048 characters.' };
  return { uri, username: parsed.value.username ?? '', password: parsed.value.password ?? '' };
}

/** The parts of the address of a profile; `null` where it holds variables or is not valid. */
export function partsOf(uri: string): BrokerUri | null {
  const parsed = parseBrokerUri(uri);
  return parsed.ok && !hasVariables(uri) ? parsed.value : null;
}
