import type { Redis } from 'ioredis';
import type { RetainedRecord } from '../core/persistence/broker-persistence.ts';
import { packRetained, unpackRetained, type SharedMessage } from './redis-records.ts';
import { pairs } from './session-rows.ts';

const rowsAtOnce = 500;

/** Everything that is retained, in parts; a topic may come twice. What cannot be read is left out. */
export async function readRetained(commands: Redis, key: string, take: (records: readonly RetainedRecord[]) => void): Promise<void> {
  let cursor = '0';
  do {
    const [next, flat] = (await commands.callBuffer('HSCAN', key, cursor, 'COUNT', String(rowsAtOnce))) as readonly [Buffer, readonly Buffer[]];
    cursor = next.toString();
    const records: RetainedRecord[] = [];
    for (const [topic, value] of pairs(flat)) {
      try {
        records.push({ topic: topic.toString(), ...unpackRetained(value) });
      } catch {
        continue;
      }
    }
    take(records);
  } while (cursor !== '0');
}

/** Adds what is not there: what is there was retained by somebody as well. */
export async function sowRetained(commands: Redis, key: string, rows: Iterable<readonly [string, SharedMessage]>): Promise<void> {
  let pipeline = commands.pipeline();
  for (const [topic, stored] of rows) {
    pipeline.hsetnx(key, topic, packRetained(stored));
    if (pipeline.length < rowsAtOnce) continue;
    await pipeline.exec();
    pipeline = commands.pipeline();
  }
  if (pipeline.length > 0) await pipeline.exec();
}
