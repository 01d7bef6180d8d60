import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSqlite, type BindingName } from '../../sqlite/index.ts';
import type { LoadReport, PersistentBatch, PersistentRecords } from '../core/persistence/broker-persistence.ts';
import { SqlitePersistence, type SqlitePersistenceOptions } from './sqlite-persistence.ts';

let folder = '';
let file = '';
const opened: SqlitePersistence[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'persistence-'));
  file = path.join(folder, 'new', 'broker.db');
});
afterEach(async () => {
  for (const persistence of opened.splice(0)) await persistence.close();
  rmSync(folder, { recursive: true, force: true });
});

const nothing: PersistentBatch = {
  nowMs: 1,
  sessions: [],
  subscriptions: [],
  messages: [],
  deliveries: [],
  incoming: [],
  retained: [],
  endedSessions: [],
  endedSubscriptions: [],
  endedMessages: [],
  endedDeliveries: [],
  endedIncoming: [],
  endedRetained: [],
};
const plainSession = { level: 4, expirySeconds: null, disconnectedMs: null, will: null } as const;
const plainDelivery = { qos: 1, retain: false, subscriptionIdentifiers: null, share: null, packetId: 0, released: false } as const;
const plainMessage = { publisher: null, expiresMs: null, storedMs: null } as const;

type Loaded = { -readonly [K in keyof PersistentRecords]: PersistentRecords[K][number][] };

async function load(
  options: Partial<SqlitePersistenceOptions> = {},
): Promise<{ persistence: SqlitePersistence; report: LoadReport; records: Loaded; parts: number }> {
  const persistence = new SqlitePersistence({ file, ...options });
  opened.push(persistence);
  const records: Loaded = { sessions: [], subscriptions: [], messages: [], deliveries: [], incoming: [], retained: [] };
  let parts = 0;
  const report = await persistence.load((part) => {
    parts += 1;
    for (const name of Object.keys(records) as (keyof Loaded)[]) (records[name] as unknown[]).push(...part[name]);
  });
  return { persistence, report, records, parts };
}

/** What the file holds, read by another run. */
async function reload(persistence: SqlitePersistence): Promise<Awaited<ReturnType<typeof load>>> {
  await persistence.close();
  return load();
}

const everything = {
  sessions: [
    {
      key: 1,
      clientId: 'ü',
      level: 5,
      expirySeconds: 60,
      disconnectedMs: 1_700_000_000_123,
      will: { packet: Buffer.from('will'), delaySeconds: 9, username: 'u' },
    },
    { key: 2, clientId: 'b', ...plainSession },
  ],
  subscriptions: [
    { session: 1, filter: '$share/g/a/#', qos: 2, noLocal: true, retainAsPublished: false, retainHandling: 2, subscriptionIdentifier: 268_435_455 },
    { session: 1, filter: 'b', qos: 0, noLocal: false, retainAsPublished: true, retainHandling: 0, subscriptionIdentifier: 0 },
  ],
  messages: [{ key: 3, packet: Buffer.from('m'), publisher: 'p', expiresMs: 1_700_000_000_456, storedMs: 1_700_000_000_000 }],
  deliveries: [
    {
      session: 1,
      key: 4,
      message: 3,
      qos: 2,
      retain: true,
      subscriptionIdentifiers: [1, 268_435_455, 1],
      share: '$share/g/a/#',
      packetId: 65_535,
      released: true,
    },
    { session: 2, key: 5, message: 3, ...plainDelivery },
  ],
  incoming: [{ session: 2, packetId: 1 }],
  retained: [{ topic: 't', packet: Buffer.from('r'), ...plainMessage }],
} as const satisfies PersistentRecords;

describe.each<BindingName>(['node:sqlite', '@photostructure/sqlite'])('a file, by %s', (binding) => {
  it('gives back what it was given, and removes what has ended', async () => {
    const first = await load({ binding });
    expect(first).toMatchObject({ report: { lastWriteMs: null, problem: null }, parts: 0 });
    await first.persistence.write({ ...nothing, nowMs: 77, ...everything });
    const second = await reload(first.persistence);
    expect(second.report).toEqual({ lastWriteMs: 77, problem: null });
    const asBytes = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Uint8Array ? Buffer.from(inner).toString() : inner)));
    expect(asBytes(second.records)).toEqual(
      JSON.parse(JSON.stringify(everything, (_key, inner: unknown) => (isBuffer(inner) ? Buffer.from(inner.data).toString() : inner))),
    );
    await second.persistence.write({
      ...nothing,
      nowMs: 78,
      endedSessions: [1, 99],
      endedDeliveries: [{ session: 2, key: 5 }],
      endedMessages: [3],
      endedIncoming: [{ session: 2, packetId: 1 }],
      endedRetained: ['t', 'never'],
    });
    const third = await reload(second.persistence);
    expect(third.records).toEqual({
      sessions: [{ key: 2, clientId: 'b', ...plainSession }],
      subscriptions: [],
      messages: [],
      deliveries: [],
      incoming: [],
      retained: [],
    });
  });

  it('takes over a file of the first version, in which nothing had an age', async () => {
    const first = await load({ binding });
    await first.persistence.write({ ...nothing, ...everything });
    await first.persistence.close();
    const database = (await loadSqlite(binding)).open(file);
    database.exec('ALTER TABLE message DROP COLUMN stored_ms; ALTER TABLE retained DROP COLUMN stored_ms; PRAGMA user_version = 1');
    database.close();
    const { report, records, persistence } = await load({ binding });
    expect(report.problem).toBeNull();
    expect([records.messages[0]?.storedMs, records.retained[0]?.storedMs]).toEqual([null, null]);
    expect(records.sessions).toHaveLength(2);
    await persistence.write({ ...nothing, nowMs: 2, retained: [{ topic: 't', packet: Buffer.from('new'), ...plainMessage, storedMs: 99 }] });
    expect((await reload(persistence)).records.retained[0]?.storedMs).toBe(99);
  });

  it('takes a record again, in the state it has now', async () => {
    const { persistence } = await load({ binding });
    const delivery = { session: 1, key: 5, message: 3, ...plainDelivery };
    const batch = { ...nothing, sessions: everything.sessions, messages: everything.messages, deliveries: [delivery] };
    await persistence.write(batch);
    await persistence.write({ ...batch, deliveries: [{ ...delivery, packetId: 7 }] });
    expect((await reload(persistence)).records.deliveries).toEqual([{ ...delivery, packetId: 7 }]);
  });
});

const isBuffer = (value: unknown): value is { readonly data: readonly number[] } => (value as { type?: string } | null)?.type === 'Buffer';

it('hands over many records in parts, deliveries by session and rising key, and nothing that lacks its other half', async () => {
  const { persistence } = await load();
  const messages = Array.from({ length: 2500 }, (_, at) => ({ key: at + 1, packet: Buffer.alloc(4000, at), ...plainMessage }));
  const deliveries = messages.flatMap(({ key }) => [2, 1].map((session) => ({ session, key: 10_000 - key * 2 - session, message: key, ...plainDelivery })));
  const orphans = {
    messages: [{ key: 9000, packet: Buffer.from('nobody'), ...plainMessage }],
    deliveries: [{ session: 1, key: 20_000, message: 9001, ...plainDelivery }],
  };
  await persistence.write({ ...nothing, messages: [...messages, ...orphans.messages], deliveries: [...deliveries, ...orphans.deliveries] });
  const { records, parts } = await reload(persistence);
  expect(parts).toBeGreaterThan(5);
  expect(records.messages).toHaveLength(2500);
  expect(records.messages.every(({ packet, key }) => packet.byteLength === 4000 && packet[0] === ((key - 1) & 0xff))).toBe(true);
  expect(records.deliveries).toHaveLength(5000);
  expect(records.deliveries).toEqual(records.deliveries.toSorted((a, b) => a.session - b.session || a.key - b.key));
});

it('a batch that does not fit is refused whole with a plain reason, and what ends makes room again', async () => {
  const { persistence } = await load({ maxPages: 40 });
  const one = (key: number, bytes: number): Partial<PersistentBatch> => ({
    messages: [{ key, packet: Buffer.alloc(bytes, 1), ...plainMessage }],
    deliveries: [{ session: 1, key, message: key, ...plainDelivery }],
  });
  await persistence.write({ ...nothing, ...one(1, 100_000) });
  await expect(persistence.write({ ...nothing, ...one(2, 300_000) })).rejects.toThrow('the disk is full');
  await expect(persistence.write({ ...nothing, ...one(3, 200_000) })).rejects.toThrow('the disk is full');
  await persistence.write({ ...nothing, endedMessages: [1], endedDeliveries: [{ session: 1, key: 1 }], ...one(4, 100_000) });
  expect((await reload(persistence)).records.messages.map(({ key }) => key)).toEqual([4]);
});

describe('a file that cannot be used', () => {
  const rest = (): string[] => readdirSync(path.dirname(file)).toSorted();

  it.each([
    ['is no database', () => writeFileSync(file, 'x'.repeat(10_000)), 'is damaged'],
    [
      'is damaged inside',
      () => {
        const bytes = readFileSync(file);
        bytes.fill(0xa5, 8192, bytes.length);
        writeFileSync(file, bytes);
      },
      'is damaged',
    ],
    [
      'is of a newer version',
      async () => {
        const { open } = await loadSqlite();
        const database = open(file);
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
      'was written by a newer version of the workbench',
    ],
  ])('because it %s is set aside with a date, and the broker starts with an empty one', async (_, damage, why) => {
    const { persistence } = await load();
    await persistence.write({ ...nothing, ...everything });
    await persistence.close();
    await Promise.resolve(damage());
    const before = readFileSync(file);
    const { report, records, persistence: next } = await load();
    expect(report.problem).toMatch(
      new RegExp(`^broker\\.db ${why}: it was kept as broker\\.\\d{4}-\\d\\d-\\d\\d-\\d{6}\\.broken\\.db, and the broker started without `),
    );
    expect(records.sessions).toEqual([]);
    await next.close();
    const kept = rest().find((name) => name.endsWith('.broken.db')) ?? '';
    expect(readFileSync(path.join(path.dirname(file), kept)).equals(before)).toBe(true);
    expect((await load()).report.problem).toBeNull();
  });

  it('because another broker has it is left to that one', async () => {
    await load();
    await expect(load()).rejects.toMatchObject({
      code: 'persistence-unavailable',
      message: `${file} is in use by another program, probably by another broker.`,
    });
    expect(rest().filter((name) => name.includes('broken'))).toEqual([]);
  });

  it('because it is of another program is left alone', async () => {
    const { open } = await loadSqlite();
    file = path.join(folder, 'theirs.db');
    const theirs = open(file);
    theirs.exec('CREATE TABLE precious (x)');
    theirs.close();
    const before = readFileSync(file);
    await expect(load()).rejects.toMatchObject({ code: 'persistence-unavailable', message: `${file} is a database of another program.` });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('because its folder cannot be made is explained', async () => {
    writeFileSync(path.join(folder, 'plain'), '');
    file = path.join(folder, 'plain', 'broker.db');
    await expect(load()).rejects.toMatchObject({
      code: 'persistence-unavailable',
      message: expect.stringContaining(`${file} cannot be used to keep sessions: `) as string,
    });
  });
});

describe('when its thread ends', () => {
  it('the write under way fails, and the next one goes on with the same file', async () => {
    const threads: Worker[] = [];
    const { persistence } = await load({
      launchWorker: (url) => {
        const thread = new Worker(url);
        threads.push(thread);
        return thread;
      },
    });
    await persistence.write({ ...nothing, sessions: everything.sessions });
    const lost = expect(persistence.write({ ...nothing, ...everything })).rejects.toThrow('the thread that writes it has ended');
    await Promise.all([threads[0]?.terminate(), lost]);
    await persistence.write({ ...nothing, nowMs: 99, incoming: everything.incoming });
    expect(threads).toHaveLength(2);
    const { report, records } = await reload(persistence);
    expect(report.lastWriteMs).toBe(99);
    expect(records).toMatchObject({ sessions: [{ key: 1 }, { key: 2 }], incoming: everything.incoming });
  });

  it('a file that was damaged meanwhile is not set aside for one that lacks all the rest', async () => {
    let thread: Worker | undefined;
    const { persistence } = await load({ launchWorker: (url) => (thread = new Worker(url)) });
    await persistence.write({ ...nothing, ...everything });
    await thread?.terminate();
    rmSync(`${file}-wal`, { force: true });
    writeFileSync(file, 'x'.repeat(10_000));
    await expect(persistence.write({ ...nothing, ...everything })).rejects.toThrow('is damaged');
    expect(readdirSync(path.dirname(file)).filter((name) => name.includes('broken'))).toEqual([]);
  });
});

it('ends cleanly: one file is left, and closing again does nothing', async () => {
  const { persistence } = await load();
  await persistence.write({ ...nothing, ...everything });
  await persistence.close();
  await persistence.close();
  expect(readdirSync(path.dirname(file))).toEqual(['broker.db']);
  expect(existsSync(file)).toBe(true);
});
