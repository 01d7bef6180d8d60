import { curlFile } from './curl-lines.ts';
import type { PacketFile, PacketFileFormat, PacketFileOptions } from './file-packet.ts';
import { jsonLinesFile } from './json-lines.ts';
import { pcapngFile } from './pcapng.ts';

export type { FilePacket, PacketFile, PacketFileFormat } from './file-packet.ts';

const makers = { pcapng: pcapngFile, jsonl: jsonLinesFile, curl: curlFile } as const;

export function packetFile(format: PacketFileFormat, options: PacketFileOptions): PacketFile {
  return makers[format](options);
}
