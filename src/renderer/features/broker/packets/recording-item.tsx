import type { ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { useStreamValue } from '../../../data/index.ts';
import { StatusDot } from '../../../ui/badge.tsx';
import { formatCompact, plural, StripButton } from '../../common/index.ts';
import { showBroker } from '../broker-views.ts';
import { recordPackets } from './packet-actions.ts';

/** That packets are being recorded, wherever one is. */
export function RecordingItem(): ReactElement | null {
  const status = useStreamValue('packets.status', undefined);
  const names = (status?.sources ?? []).filter(({ recording }) => recording).map(({ name }) => name);
  if (!status || names.length === 0) return null;
  return (
    <StripButton label={`Packets are being recorded: ${names.join(', ')}; ${plural(status.packets, 'packet')} held`} onClick={() => showBroker('packets')}>
      <StatusDot tone="bad" />
      <span>Recording · {formatCompact(status.packets)}</span>
    </StripButton>
  );
}

/** What can be done with the recording from every place. */
export function PacketCommands(): null {
  const status = useStreamValue('packets.status', undefined);
  const recording = status?.sources.find(({ id }) => id === 'broker')?.recording === true;
  useCommands([
    {
      id: 'broker.packets',
      title: 'Show packets',
      group: 'Broker',
      keywords: 'control packets wireshark pcap',
      run: () => showBroker('packets'),
    },
    {
      id: 'broker.recordPackets',
      title: recording ? 'Stop recording packets' : 'Record packets',
      group: 'Broker',
      keywords: 'capture pcap',
      when: () => status !== undefined,
      run: async () => {
        await recordPackets('broker', !recording);
      },
    },
  ]);
  return null;
}
