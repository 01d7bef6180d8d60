import os from 'node:os';

/** What clients may call this machine: its names and the addresses of all its interfaces. */
export function localNames(hostName = os.hostname(), interfaces = os.networkInterfaces()): readonly string[] {
  const addresses = Object.values(interfaces).flatMap((all) => all ?? []);
  // Addresses of one link mean nothing without the interface, which a certificate cannot name.
  const usable = addresses.map(({ address }) => address).filter((address) => !/^fe[89ab]/i.test(address));
  const isName = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i.test(hostName) && hostName.length < 246;
  const own = isName ? [hostName.toLowerCase(), ...(hostName.includes('.') ? [] : [`${hostName.toLowerCase()}.local`])] : [];
  return [...new Set(['localhost', ...own, '127.0.0.1', '::1', ...usable])];
}
