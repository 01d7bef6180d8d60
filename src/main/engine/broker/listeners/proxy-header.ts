import { isIPv4, isIPv6 } from 'node:net';
import { hostAndPort } from './peer-address.ts';

/** What a proxy says before it passes on its client's bytes. */
interface ProxyHeader {
  readonly outcome: 'complete';
  /** Bytes of the header; what follows is the client's. */
  readonly length: number;
  /** `address:port` of the client, or `null` where the proxy speaks for itself or does not know. */
  readonly source: string | null;
}
export type ProxyHeaderResult = ProxyHeader | { readonly outcome: 'incomplete' } | { readonly outcome: 'malformed'; readonly reason: string };

const signature2 = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const signature1 = Buffer.from('PROXY ', 'latin1');
/** §2.1: "the maximum line length the receiver must support including the CRLF is 107". */
const longestLine = 107;
const fixedPart = 16;
/** The 16-bit length would allow 64 KiB. Addresses take 216 bytes at most; the rest is for TLVs, which are passed over. */
const longestHeader = 4096;

/** Bytes of the addresses by family: unspecified, IPv4, IPv6, Unix. */
const addressBytes = [0, 12, 36, 216] as const;

const incomplete = { outcome: 'incomplete' } as const;

/** Reads a PROXY protocol header, version 1 or 2, from the first bytes of a connection (haproxy.org, "The PROXY protocol", sections 2.1 and 2.2). */
export function parseProxyHeader(bytes: Buffer): ProxyHeaderResult {
  if (startsLike(bytes, signature2)) return bytes.length < fixedPart ? incomplete : parseVersion2(bytes);
  if (startsLike(bytes, signature1)) return parseVersion1(bytes);
  return malformed('it is missing');
}

/** As far as there are bytes, so that a stranger is known by the first one. */
function startsLike(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, length, 0, length) === 0;
}

function parseVersion1(bytes: Buffer): ProxyHeaderResult {
  const end = bytes.subarray(0, longestLine).indexOf('\r\n');
  if (end < 0) return bytes.length < longestLine ? incomplete : malformed(`its line is longer than ${longestLine} bytes`);
  const fields = bytes.toString('latin1', signature1.length, end).split(' ');
  const [family, source = '', destination = '', sourcePort = '', destinationPort = ''] = fields;
  const length = end + 2;
  // What follows UNKNOWN has to be ignored.
  if (family === 'UNKNOWN') return { outcome: 'complete', length, source: null };
  if (family !== 'TCP4' && family !== 'TCP6') return malformed('it names no protocol that is known (TCP4, TCP6 or UNKNOWN)');
  if (fields.length !== 5) return malformed('it does not have two addresses and two ports');
  const isAddress = family === 'TCP4' ? isIPv4 : isPlainIPv6;
  if (!isAddress(source) || !isAddress(destination)) return malformed(`it has an address that is not ${family === 'TCP4' ? 'IPv4' : 'IPv6'}`);
  if (!isPort(sourcePort) || !isPort(destinationPort)) return malformed('it has a port that is not a number from 0 to 65535');
  return { outcome: 'complete', length, source: hostAndPort(source, Number(sourcePort)) };
}

/** A zone (`fe80::1%eth0`) means something on the proxy only, and is not in the grammar. */
const isPlainIPv6 = (text: string): boolean => isIPv6(text) && !text.includes('%');

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function parseVersion2(bytes: Buffer): ProxyHeaderResult {
  const version = (bytes[12] as number) >> 4;
  const command = (bytes[12] as number) & 0x0f;
  const family = (bytes[13] as number) >> 4;
  const protocol = (bytes[13] as number) & 0x0f;
  const length = fixedPart + bytes.readUInt16BE(14);
  if (version !== 2) return malformed(`it is of version ${version}`);
  if (command > 1) return malformed(`it has the unknown command ${command}`);
  if (length > longestHeader) return malformed(`it announces ${length} bytes, more than the ${longestHeader} allowed`);
  // LOCAL (0): the proxy itself, for a health check; family and addresses have to be ignored.
  if (command === 1) {
    if (family >= addressBytes.length) return malformed(`it has the unknown address family ${family}`);
    if (protocol > 2) return malformed(`it has the unknown transport ${protocol}`);
    if (protocol === 2) return malformed('it speaks of datagrams');
    if (length < fixedPart + (addressBytes[family] as number)) return malformed('it is too short for its addresses');
  }
  if (bytes.length < length) return incomplete;
  const isKnown = command === 1 && family > 0 && protocol === 1;
  return { outcome: 'complete', length, source: isKnown ? readSource(bytes, family) : null };
}

function readSource(bytes: Buffer, family: number): string {
  if (family === 1) return hostAndPort(bytes.subarray(16, 20).join('.'), bytes.readUInt16BE(24));
  if (family === 2) return hostAndPort(textOfIPv6(bytes.subarray(16, 32)), bytes.readUInt16BE(48));
  const path = bytes.toString('utf8', 16, 16 + 108);
  const end = path.indexOf('\0');
  return `unix:${end < 0 ? path : path.slice(0, end)}`;
}

function textOfIPv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  // Shortened the way every other address is.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function malformed(reason: string): ProxyHeaderResult {
  return { outcome: 'malformed', reason };
}
