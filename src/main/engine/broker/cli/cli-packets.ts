import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { TappedConnection, TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import { packetFile, type PacketFileFormat } from '../../../../shared/mqtt/packet-files/index.ts';
import { appVersion } from '../local-broker.ts';
import type { BrokerInside } from '../broker-engine.ts';

/** What may wait for a slow disk; packets beyond it are left out and counted. */
const waitingBytes = 67_108_864;

export interface PacketsToFile {
  /** Writes what waits, and closes the file. Resolves with the number of packets that the disk was too slow for. */
  close(): Promise<number>;
}

/** By the end of its name: `.pcapng`, `.jsonl`, everything else lines of curl. */
function formatOf(file: string): PacketFileFormat {
  if (/\.pcapng$/i.test(file)) return 'pcapng';
  return /\.(jsonl|ndjson)$/i.test(file) ? 'jsonl' : 'curl';
}

/** Writes every control packet into a file from now on, passwords as asterisks. Rejects when the file cannot be written; `onProblem` tells when that comes later. */
export async function writePackets(inside: BrokerInside, file: string, onProblem: (text: string) => void): Promise<PacketsToFile> {
  const stream = createWriteStream(file, { mode: 0o600 });
  await once(stream, 'open');
  let failed = false;
  let leftOut = 0;
  stream.on('error', (error) => {
    failed = true;
    onProblem(`The packets cannot be written any more: ${error.message}`);
  });
  const writer = packetFile(formatOf(file), { secrets: false, application: `MQTT Workbench ${appVersion}` });
  stream.write(writer.begin());
  const connections = new Map<number, TappedConnection & { connected: boolean }>();
  const stop = inside.onPacket((packet, first) => {
    if (first !== null) connections.set(first.connection, { ...first, connected: false });
    if (failed) return;
    if (stream.writableLength > waitingBytes) {
      leftOut += 1;
      return;
    }
    const about = connections.get(packet.connection);
    stream.write(writer.packet(filePacket(packet, about)));
    if (about && packet.direction === 'in' && (packet.bytes[0] ?? 0) >> 4 === packetType.connect) about.connected = true;
    if (packet.end !== undefined) connections.delete(packet.connection);
  }, null);
  return {
    async close() {
      stop();
      if (failed) return leftOut;
      stream.end();
      await once(stream, 'close');
      return leftOut;
    },
  };
}

function filePacket(
  packet: TappedPacket,
  about: (TappedConnection & { readonly connected: boolean }) | undefined,
): Parameters<ReturnType<typeof packetFile>['packet']>[0] {
  const { timeUs, connection, clientId, direction, level, bytes, end = null, fault = null } = packet;
  return {
    ...{ timeUs, connection, clientId, direction, level, bytes, end, fault },
    source: 'broker',
    size: bytes.length,
    connected: about?.connected ?? false,
    transport: about?.transport ?? null,
    address: about?.address ?? null,
  };
}
