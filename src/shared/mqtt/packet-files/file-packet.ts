import type { PacketFault } from '../../messages/tapped-packet.ts';
import type { ListenerKind } from '../listener-kinds.ts';
import type { ProtocolLevel } from '../packet/packets.ts';

/** A recorded packet on its way into a file. */
export interface FilePacket {
  /** Unix µs. */
  readonly timeUs: number;
  /** Where it was recorded, in words. */
  readonly source: string;
  /** Tells all connections of the file apart. */
  readonly connection: number;
  readonly clientId: string | null;
  /** As seen by the broker. */
  readonly direction: 'in' | 'out';
  readonly level: ProtocolLevel | null;
  /** A CONNECT came on this connection before. */
  readonly connected: boolean;
  /** The packet, or its beginning where it was too large to be kept. */
  readonly bytes: Uint8Array;
  /** Of the whole packet. */
  readonly size: number;
  readonly transport: ListenerKind | null;
  /** `address:port` of the client. */
  readonly address: string | null;
  /** No packet, but the end of the connection, in words. */
  readonly end: string | null;
  readonly fault: PacketFault | null;
}

/** Makes a file packet by packet: the bytes of all parts, one after the other, are the file. */
export interface PacketFile {
  begin(): Uint8Array;
  /** May be empty. */
  packet(packet: FilePacket): Uint8Array;
}

export const packetFileFormats = ['pcapng', 'jsonl', 'curl'] as const;
export type PacketFileFormat = (typeof packetFileFormats)[number];

export interface PacketFileOptions {
  /** Passwords and authentication data as they are; otherwise each byte is an asterisk. */
  readonly secrets: boolean;
  /** What writes the file: `MQTT Workbench 1.2.3`. */
  readonly application: string;
}
