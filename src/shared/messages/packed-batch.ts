import { decodeValue, encodeValue } from '../ipc/value-codec.ts';
import type { Qos } from '../contract/common.ts';
import { newPackedFrame, openPackedFrame, packedHeaderBytes } from './packed-frame.ts';
import type { MessageProperties, MessageRecord } from './record.ts';

/**
 * A batch of messages as one byte array, a frame (packed-frame.ts) with the payloads as the bytes of its rows.
 * It stays inside one machine, so numbers are in the processor's byte order.
 *
 * columns f64 id, f64 time, u32 topic, i32 publisher (-1: none), u32 payload length, u8 flags
 * dictionary (`encodeValue`): topics, publishers, properties by row
 */
const magic = 0x4d57_4231;
const bytesPerRow = 8 + 8 + 4 + 4 + 4 + 1;

interface Dictionaries {
  readonly topics: readonly string[];
  readonly publishers: readonly string[];
  readonly properties: readonly (readonly [row: number, properties: MessageProperties])[];
}

const flag = { qos: 0b11, retain: 0b100, dup: 0b1000, out: 0b1_0000 } as const;

/** Packs records; the result shares no memory with them. */
export function packRecords(records: readonly MessageRecord[]): Uint8Array<ArrayBuffer> {
  const count = records.length;
  const topics = new Map<string, number>();
  const publishers = new Map<string, number>();
  const properties: [number, MessageProperties][] = [];
  let payloadBytes = 0;
  for (let row = 0; row < count; row += 1) {
    const record = records[row] as MessageRecord;
    payloadBytes += record.payload.byteLength;
    if (record.properties) properties.push([row, record.properties]);
    if (!topics.has(record.topic)) topics.set(record.topic, topics.size);
    if (record.publisher !== null && !publishers.has(record.publisher)) publishers.set(record.publisher, publishers.size);
  }
  const dictionaries = encodeValue({ topics: [...topics.keys()], publishers: [...publishers.keys()], properties } satisfies Dictionaries);
  const { bytes, rowsAt } = newPackedFrame(magic, count, bytesPerRow, dictionaries, payloadBytes);
  const columns = columnsOf(bytes, count);
  let at = rowsAt;
  for (let row = 0; row < count; row += 1) {
    const record = records[row] as MessageRecord;
    columns.ids[row] = record.id;
    columns.times[row] = record.timeUs;
    columns.topics[row] = topics.get(record.topic) as number;
    columns.publishers[row] = record.publisher === null ? -1 : (publishers.get(record.publisher) as number);
    columns.lengths[row] = record.payload.byteLength;
    columns.flags[row] = record.qos | (record.retain ? flag.retain : 0) | (record.dup ? flag.dup : 0) | (record.direction === 'out' ? flag.out : 0);
    bytes.set(record.payload, at);
    at += record.payload.byteLength;
  }
  return bytes;
}

/** Unpacks records; payloads are views into `packed`. Throws a `RangeError` on bytes that no `packRecords` wrote. */
export function unpackRecords(packed: Uint8Array): MessageRecord[] {
  const { bytes, count, dictionary, rowsAt } = openPackedFrame(packed, magic, bytesPerRow, 'packed batch');
  const columns = columnsOf(bytes, count);
  const dictionaries = decodeValue(dictionary) as Dictionaries;
  const properties = new Map(dictionaries.properties);
  const records: MessageRecord[] = [];
  let at = rowsAt;
  for (let row = 0; row < count; row += 1) {
    const length = columns.lengths[row] as number;
    const topic = dictionaries.topics[columns.topics[row] as number];
    const publisher = columns.publishers[row] as number;
    if (topic === undefined || at + length > bytes.byteLength) throw new RangeError('packed batch: malformed row');
    const flags = columns.flags[row] as number;
    records.push({
      id: columns.ids[row] as number,
      timeUs: columns.times[row] as number,
      topic,
      payload: bytes.subarray(at, at + length),
      qos: (flags & flag.qos) as Qos,
      retain: (flags & flag.retain) !== 0,
      dup: (flags & flag.dup) !== 0,
      direction: (flags & flag.out) === 0 ? 'in' : 'out',
      publisher: publisher < 0 ? null : (dictionaries.publishers[publisher] ?? null),
      properties: properties.size === 0 ? null : (properties.get(row) ?? null),
    });
    at += length;
  }
  return records;
}

function columnsOf(bytes: Uint8Array, count: number) {
  const { buffer } = bytes;
  const start = bytes.byteOffset + packedHeaderBytes;
  return {
    ids: new Float64Array(buffer, start, count),
    times: new Float64Array(buffer, start + count * 8, count),
    topics: new Uint32Array(buffer, start + count * 16, count),
    publishers: new Int32Array(buffer, start + count * 20, count),
    lengths: new Uint32Array(buffer, start + count * 24, count),
    flags: new Uint8Array(buffer, start + count * 28, count),
  } as const;
}
