import type { MqttdKeys } from '../../../../shared/broker/faults/mqttd-keys.ts';
import type { FaultEnding } from '../../../../shared/broker/faults/fault-rules.ts';
import type { ConnectPacket, ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';
import type { PacketFault } from '../../../../shared/messages/tapped-packet.ts';
import type { FaultClock } from './fault-clock.ts';
import type { FaultLink } from './fault-link.ts';
import type { LinkRule, RuleRuntime } from './rule-runtime.ts';

/** As seen by the broker. */
export type Direction = 'in' | 'out';

/** A connection as faults see it; of the broker's own core, or of a stream. */
export interface FaultHost {
  readonly listener: string | undefined;
  /** `null` before CONNECT. */
  readonly clientId: string | null;
  readonly level: ProtocolLevel;
  /** The largest packet that is put together of what the client sends. */
  readonly packetLimit: number;
  /** Nothing of a packet has gone to the broker without the rest of it. */
  readonly isBetweenPackets: boolean;
  /** To the network. */
  write(bytes: Uint8Array): void;
  /** To the broker. */
  deliver(bytes: Uint8Array): void;
  setReading(isReading: boolean): void;
  /** Fewer bytes wait for the client than before. */
  madeRoom(): void;
  /** Ends the connection. */
  close(ending: FaultEnding): void;
  tap(direction: Direction, packet: Uint8Array, fault: PacketFault | undefined): void;
  /** What a fault did to the connection, for the list of those who were refused and cut off. */
  refused(clientId: string | null, reason: string): void;
  /** No fault is left for this connection: everything goes past from now on. */
  unlink(): void;
}

/** What a link needs of those that are on. */
export interface LinkPlan {
  readonly clock: FaultClock;
  readonly lanesLimitBytes: number;
  choose(connect: ConnectPacket | null, clientId: string, listener: string | undefined): LinkFaults;
  struck(rule: RuleRuntime, clientId: string | null, direction: Direction, what: string): void;
  held(packets: number, bytes: number): void;
  hurried(): void;
  left(link: FaultLink): void;
}

/** What is on for one client. */
export interface LinkFaults {
  readonly rules: readonly LinkRule[];
  readonly play: { readonly keys: MqttdKeys; readonly label: string } | null;
}
