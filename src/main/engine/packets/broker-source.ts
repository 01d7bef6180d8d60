import type { PacketsInput, PacketBatch } from '../../../shared/contract/broker-inside.ts';
import { unpackPackets } from '../../../shared/messages/packed-packets.ts';
import type { PacketSource } from './packet-recorder.ts';

interface Inside {
  followPackets(input: PacketsInput, onBatch: (batch: PacketBatch) => Promise<void>): () => void;
}

/** All clients of the local broker, over all its runs. */
export function brokerSource(inside: Inside): PacketSource {
  return {
    id: 'broker',
    name: () => 'Local broker',
    follow: (onFeed) => {
      // Each run counts what is lost from 0 on.
      let before = 0;
      let last = 0;
      return inside.followPackets({}, async ({ packets, connections, lost }) => {
        if (lost < last) before += last;
        last = lost;
        onFeed({ packets: unpackPackets(packets), connections, lost: before + lost });
      });
    },
  };
}
