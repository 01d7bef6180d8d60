import type { PacketRow } from '../../../../shared/contract/packets.ts';
import { packetName } from '../../../../shared/mqtt/packet/packet-type.ts';

/** `PUBLISH`; `Connection ended`. */
export function rowName({ type, end }: Pick<PacketRow, 'type' | 'end'>): string {
  if (end !== null) return 'End';
  if (type === null) return 'empty';
  return type === 0 ? 'type 0' : packetName(type);
}

export type PacketTone = 'session' | 'message' | 'acknowledgement' | 'subscription' | 'life' | 'end';

/** What a packet is for, which decides about its colour. */
export function toneOf({ type, end }: Pick<PacketRow, 'type' | 'end'>): PacketTone {
  if (end !== null || type === null || type === 0) return 'end';
  if (type === 3) return 'message';
  if (type >= 4 && type <= 7) return 'acknowledgement';
  if (type >= 8 && type <= 11) return 'subscription';
  return type === 12 || type === 13 ? 'life' : 'session';
}

/** `+0.4 ms`: a time between packets, with three digits that matter. */
export function deltaText(us: number | null): string {
  if (us === null) return '';
  const ms = us / 1000;
  if (Math.abs(ms) < 1) return `${ms.toFixed(3)} ms`;
  if (Math.abs(ms) < 1000) return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export const clientName = (clientId: string | null): string => (clientId === null ? '(unknown)' : clientId === '' ? '(empty)' : clientId);
