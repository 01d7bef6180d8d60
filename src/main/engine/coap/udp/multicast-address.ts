import net from 'node:net';

/** 224.0.0.0/4 and ff00::/8, also as IPv4 within IPv6. */
export function isMulticast(host: string): boolean {
  if (net.isIPv4(host)) return multicast.check(host, 'ipv4');
  return net.isIPv6(host) && multicast.check(host.split('%')[0] ?? host, 'ipv6');
}

const multicast = new net.BlockList();
multicast.addSubnet('224.0.0.0', 4, 'ipv4');
multicast.addSubnet('ff00::', 8, 'ipv6');
