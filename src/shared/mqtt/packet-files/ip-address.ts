export interface Endpoint {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  /** 0: not known. */
  readonly port: number;
}

/** `192.0.2.1:1883`, `[2001:db8::1]:1883`, an IPv4 address within IPv6 as IPv4; `null` for what is neither. */
export function parseEndpoint(text: string | null): Endpoint | null {
  if (text === null) return null;
  const bracketed = /^\[([0-9a-fA-F:.]+)(?:%[^\]]*)?\]:(\d{1,5})$/.exec(text);
  const plain = /^([\d.]+):(\d{1,5})$/.exec(text);
  const [, host = '', portText = '0'] = bracketed ?? plain ?? [];
  const address = bracketed ? parseIpv6(host) : parseIpv4(host);
  const port = Number(portText);
  return address === null || port > 65_535 ? null : { address, port };
}

function parseIpv4(text: string): Uint8Array | null {
  const parts = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  return parts.length === 4 && parts.every((part) => part <= 255) ? Uint8Array.from(parts) : null;
}

function parseIpv6(text: string): Uint8Array | null {
  const lastColon = text.lastIndexOf(':');
  let source = text;
  if (text.includes('.')) {
    const v4 = parseIpv4(text.slice(lastColon + 1));
    if (v4 === null) return null;
    const group = (at: number): string => (((v4[at] as number) << 8) | (v4[at + 1] as number)).toString(16);
    source = `${text.slice(0, lastColon + 1)}${group(0)}:${group(2)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return null;
  const groups = (half: string | undefined): readonly string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const [head, tail] = [groups(halves[0]), groups(halves[1])];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  const bytes = Uint8Array.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12) : bytes;
}
