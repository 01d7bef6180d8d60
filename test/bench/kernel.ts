import { z } from 'zod';
import { connect, type Client } from '../../src/shared/ipc/connect.ts';
import { call, stream } from '../../src/shared/ipc/contract.ts';
import { serve } from '../../src/shared/ipc/serve.ts';
import { packRecords, unpackRecords } from '../../src/shared/messages/packed-batch.ts';
import type { MessageRecord } from '../../src/shared/messages/record.ts';
import { transportKinds } from '../conformance/transports.ts';
import { perSecond, repeat, type BenchRow } from './bench.ts';

const runs = 5;
const messagesPerBatch = 500;
const contract = {
  double: call<number>()(z.strictObject({ value: z.number() })),
  batches: stream<Uint8Array>()(z.strictObject({ count: z.int() }), { overflow: 'wait', window: 16 }),
} as const;

const records: readonly MessageRecord[] = Array.from({ length: messagesPerBatch }, (_, index) => ({
  id: index + 1,
  timeUs: 1_790_000_000_000_000 + index,
  topic: `bench/line${index % 50}/value`,
  payload: new Uint8Array(100),
  qos: 0,
  retain: false,
  dup: false,
  direction: 'in',
  publisher: 'bench',
  properties: null,
}));

/** Calls one after the other and all at once, and packed batches of messages unpacked by the reader; serving and calling side share this process. */
export async function benchKernel(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const makeKind of transportKinds) {
    const kind = makeKind();
    const client = connect<typeof contract>({
      open: async () => {
        const [there, here] = await kind.open();
        serve(
          contract,
          {
            double: ({ value }) => value * 2,
            batches: ({ count }, sink) => {
              void (async () => {
                for (let sent = 0; sent < count; sent += 1) await sink.send(packRecords(records));
                sink.end();
              })();
            },
          },
          there,
          { instance: 'bench', maxOpen: 100_000 },
        );
        return here;
      },
    });
    await sequential(client, 1000);
    rows.push({ name: `${kind.name}: calls, one by one`, unit: 'calls/s', values: await repeat(runs, () => perSecond(5000, () => sequential(client, 5000))) });
    rows.push({
      name: `${kind.name}: calls, 100 under way`,
      unit: 'calls/s',
      values: await repeat(runs, () => perSecond(20_000, () => Promise.all(Array.from({ length: 100 }, () => sequential(client, 200))))),
    });
    rows.push({
      name: `${kind.name}: messages in batches of ${messagesPerBatch}`,
      unit: 'msg/s',
      values: await repeat(runs, () => perSecond(400 * messagesPerBatch, () => drain(client, 400))),
    });
    client.close();
    await kind.close();
  }
  return rows;
}

async function sequential(client: Client<typeof contract>, count: number): Promise<void> {
  for (let value = 0; value < count; value += 1) await client.call('double', { value });
}

function drain(client: Client<typeof contract>, count: number): Promise<number> {
  return new Promise((resolve) => {
    let messages = 0;
    client.stream('batches', { count }, { item: (packed) => void (messages += unpackRecords(packed).length), end: () => resolve(messages) });
  });
}
