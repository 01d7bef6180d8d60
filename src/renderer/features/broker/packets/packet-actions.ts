import type { PacketLimits, PacketSourceId } from '../../../../shared/contract/packets.ts';
import { engineClient } from '../../../data/index.ts';
import { act } from '../../common/index.ts';
import { selectPacket } from './packets-store.ts';

export function recordPackets(source: PacketSourceId, on: boolean): Promise<boolean> {
  return act(engineClient().call('packets.record', { source, on }), on ? 'The recording did not begin' : 'The recording was not stopped');
}

export async function clearPackets(): Promise<void> {
  if (await act(engineClient().call('packets.clear', undefined), 'The packets could not be cleared')) selectPacket(null);
}

export function setPacketLimits(limits: PacketLimits): Promise<boolean> {
  return act(engineClient().call('packets.setLimits', limits), 'The limits could not be changed');
}
