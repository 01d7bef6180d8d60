import type { PingResult, RpcPeer } from '../../../../shared/contract/rpc-peers.ts';
import type { DotTone } from '../../../ui/badge.tsx';
import { formatMs } from '../rpc-words.ts';

type State = Pick<RpcPeer, 'presence' | 'connected'>;

export function peerTone({ presence, connected }: State): DotTone {
  if (connected === true) return 'ok';
  if (presence === 'online') return connected === false ? 'warn' : 'ok';
  return 'off';
}

/** What is known of a peer, in a few words. */
export function peerWords({ presence, connected }: State): string {
  if (connected === true) return presence === 'offline' ? 'connected, says offline' : 'connected';
  if (presence === 'online') return connected === false ? 'says online, not connected' : 'online';
  if (presence === 'offline') return 'offline';
  return connected === false ? 'not connected' : 'seen only';
}

/** A retained presence that the broker itself contradicts. */
export const isStale = ({ presence, connected }: State): boolean =>
  (presence === 'online' && connected === false) || (presence === 'offline' && connected === true);

export function pingWords({ alive, answered, asked, minMs, medianMs, maxMs, problem }: PingResult): string {
  if (!alive || minMs === null || medianMs === null || maxMs === null) return `No sign of life. ${problem ?? ''}`.trim();
  const of = answered === asked ? '' : `${answered} of ${asked} answered; `;
  return `Alive: ${of}fastest ${formatMs(minMs)}, median ${formatMs(medianMs)}, slowest ${formatMs(maxMs)}.`;
}
