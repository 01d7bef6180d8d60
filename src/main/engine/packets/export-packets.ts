import type { PacketFilter, PacketsExportPart } from '../../../shared/contract/packets.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { packetFile, type FilePacket, type PacketFileFormat } from '../../../shared/mqtt/packet-files/index.ts';
import type { PacketRecorder } from './packet-recorder.ts';
import type { StoredPacket } from './packet-ring.ts';
import { PacketsView } from './packets-view.ts';

/** Bytes of a part, and packets after which others get their turn. */
const partBytes = 262_144;
const slicePackets = 500;

export interface ExportChoice {
  readonly format: PacketFileFormat;
  /** Passwords as they are. */
  readonly secrets: boolean;
}

/** Writes every packet that fits when it begins, oldest first; those that are forgotten meanwhile are left out. */
export async function exportPackets(
  recorder: PacketRecorder,
  filter: PacketFilter,
  { format, secrets, application }: ExportChoice & { readonly application: string },
  sink: StreamSink<PacketsExportPart>,
): Promise<void> {
  const file = packetFile(format, { secrets, application });
  const found = await findPackets(recorder, filter, sink);
  let parts = [file.begin()];
  let bytes = 0;
  const send = async (done: number): Promise<void> => {
    const part = Buffer.concat(parts);
    parts = [];
    bytes = 0;
    // As memory of its own: what shares a pool would take all of it along.
    await sink.send({ bytes: Uint8Array.from(part), done, total: found.length });
  };
  for (const [at, seq] of found.entries()) {
    if (at % slicePackets === slicePackets - 1) await new Promise((resolve) => setImmediate(resolve));
    if (sink.signal.aborted) return;
    const packet = recorder.ring.get(seq);
    if (packet === undefined) continue;
    const part = file.packet(filePacket(recorder, packet));
    parts.push(part);
    bytes += part.length;
    if (bytes >= partBytes) await send(at + 1);
  }
  await send(found.length);
  sink.end();
}

async function findPackets(recorder: PacketRecorder, filter: PacketFilter, sink: StreamSink<PacketsExportPart>): Promise<readonly number[]> {
  const view = new PacketsView(recorder, filter, { first: 0, count: 0, follow: false }, () => undefined);
  while (view.isLooking && !sink.signal.aborted) await new Promise((resolve) => setImmediate(resolve));
  const found = [...view.sequence()];
  view.close();
  return found;
}

function filePacket(recorder: PacketRecorder, packet: StoredPacket): FilePacket {
  const connection = recorder.connection(packet.connection);
  const { timeUs, direction, level, connected, bytes, size, end, fault } = packet;
  return {
    ...{ timeUs, direction, level, connected, bytes, size, end, fault },
    connection: packet.connection,
    source: recorder.sourceName(connection?.source),
    clientId: connection?.clientId ?? null,
    transport: connection?.transport ?? null,
    address: connection?.address ?? null,
  };
}
