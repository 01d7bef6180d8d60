import type { PacketSourceId } from '../../../shared/contract/packets.ts';
import type { TappedConnection, TappedPacket } from '../../../shared/messages/tapped-packet.ts';
import type { PacketSource } from './packet-recorder.ts';

interface Listed {
  readonly id: string;
  readonly name: string;
}

export interface ListedSourcesOptions {
  readonly kind: 'connection' | 'intercept';
  /** Those that exist now. */
  readonly list: () => readonly Listed[];
  readonly follow: (id: string, listener: (packet: TappedPacket, first: TappedConnection | null) => void) => () => void;
}

/** Offers a source for each of a list that changes. What it returns has to be called after each change. */
export function offerListed(offer: (source: PacketSource) => () => void, { kind, list, follow }: ListedSourcesOptions): () => void {
  const offered = new Map<string, { name: string; readonly withdraw: () => void }>();
  const refresh = (): void => {
    const now = new Map(list().map(({ id, name }) => [id, name]));
    for (const [id, { withdraw }] of offered) {
      if (now.has(id)) continue;
      offered.delete(id);
      withdraw();
    }
    for (const [id, name] of now) {
      const known = offered.get(id);
      if (known) {
        known.name = name;
        continue;
      }
      const withdraw = offer({
        id: `${kind}:${id}` as PacketSourceId,
        name: () => offered.get(id)?.name ?? name,
        follow: (onFeed) => follow(id, (packet, first) => onFeed({ packets: [packet], connections: first === null ? [] : [first], lost: 0 })),
      });
      offered.set(id, { name, withdraw });
    }
  };
  refresh();
  return refresh;
}
