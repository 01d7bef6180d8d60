export interface CoapUri {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Decoded. */
  readonly path: readonly string[];
  readonly query: readonly string[];
}

const defaultCoapPort = 5683;
const maxSegmentBytes = 255;
/** Of an IPv6 address, with the bracket behind it. */
const zone = /(?<=^coap:\/\/\[[0-9a-f:.]+)%(?:25)?([A-Za-z0-9._~-]{1,64})\]/i;

/** Takes a URI apart into what goes into options (RFC 7252 §6.4). */
export function parseCoapUri(text: string): { readonly uri: CoapUri } | { readonly problem: string; readonly advice: string } {
  const trimmed = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === 'coaps')
    return { problem: 'coaps:// is CoAP over DTLS, which the workbench does not speak.', advice: 'Use coap://, or a tunnel that ends DTLS.' };
  if (scheme === 'coap+tcp' || scheme === 'coaps+tcp' || scheme === 'coap+ws' || scheme === 'coaps+ws')
    return { problem: `${scheme}:// is CoAP over TCP or WebSocket, which the workbench does not speak.`, advice: 'Use coap://, which is CoAP over UDP.' };
  if (scheme !== 'coap') return { problem: 'The address does not begin with coap://.', advice: 'Write it as coap://host:5683/path?query.' };
  let url: URL;
  try {
    // The parser of the platform knows the rules of hosts for http only.
    // They know no zones, which address a link of this machine (RFC 6874); `%` may stand for itself there.
    url = new URL(`http${trimmed.replace(zone, ']').slice(4)}`);
  } catch {
    return { problem: 'The address cannot be read.', advice: 'Write it as coap://host:5683/path?query; an IPv6 address in brackets: coap://[::1]/path.' };
  }
  if (url.username !== '' || url.password !== '')
    return { problem: 'The address has a user name or a password in it.', advice: 'CoAP has none: leave it out.' };
  if (url.hash !== '' || trimmed.includes('#'))
    return { problem: 'The address has a fragment (#).', advice: 'Leave it out: it is never sent (RFC 7252 §6.1).' };
  // `http` leaves its own default port out.
  const port = /:80(?:[/?]|$)/.test(trimmed.slice(7).replace(/^\[[^\]]*\]/, '')) && url.port === '' ? 80 : url.port === '' ? defaultCoapPort : Number(url.port);
  if (port === 0) return { problem: 'The port is 0.', advice: `Write one from 1 to 65535; ${defaultCoapPort} is the usual one.` };
  const path = decodeAll(url.pathname === '/' ? [] : url.pathname.slice(1).split('/'));
  const query = decodeAll(url.search === '' ? [] : url.search.slice(1).split('&'));
  if (path === null || query === null)
    return { problem: 'A "%" in the address is not followed by two hexadecimal digits of UTF-8 text.', advice: 'Write a percent sign itself as %25.' };
  const long = [...path, ...query].find((part) => new TextEncoder().encode(part).length > maxSegmentBytes);
  if (long !== undefined)
    return {
      problem: `"${long.slice(0, 40)}…" has more than ${maxSegmentBytes} bytes.`,
      advice: 'A segment of the path, and an argument of the query, has at most 255 bytes (RFC 7252 §5.10).',
    };
  const link = zone.exec(trimmed)?.[1];
  return { uri: { host: `${url.hostname.replace(/^\[|\]$/g, '')}${link === undefined ? '' : `%${link}`}`, port, path, query } };
}

/** The reverse (§6.5). */
export function formatCoapUri({ host, port, path, query }: CoapUri): string {
  const authority = `${host.includes(':') ? `[${host.replace('%', '%25')}]` : host}${port === defaultCoapPort ? '' : `:${port}`}`;
  const segments = path.map((segment) => encodeURIComponent(segment).replaceAll(/%(?:21|24|26|27|28|29|2A|2B|2C|3A|3B|3D|40)/g, decodeURIComponent));
  const args = query.map((part) => encodeURIComponent(part).replaceAll(/%(?:21|24|27|28|29|2A|2B|2C|2F|3A|3B|3D|3F|40)/g, decodeURIComponent));
  return `coap://${authority}/${segments.join('/')}${args.length > 0 ? `?${args.join('&')}` : ''}`;
}

function decodeAll(parts: readonly string[]): readonly string[] | null {
  try {
    return parts.map((part) => decodeURIComponent(part));
  } catch {
    return null;
  }
}
