/** 224.0.0.0/4 and ff00::/8, also as IPv4 within IPv6, and with a zone; written as URLs and the system do. */
export function isMulticast(host: string): boolean {
  const mapped = /^::ffff:(?:(\d+)\.\d+\.\d+\.\d+|([0-9a-f]{4}):[0-9a-f]{1,4})$/i.exec(host);
  if (mapped) return mapped[1] === undefined ? /^e/i.test(mapped[2] ?? '') : isGroup(Number(mapped[1]));
  const [, first] = /^(\d{1,3})(?:\.\d{1,3}){3}$/.exec(host) ?? [];
  return first === undefined ? /^ff[0-9a-f]{2}:/i.test(host) : isGroup(Number(first));
}

const isGroup = (firstByte: number): boolean => firstByte >= 224 && firstByte <= 239;
