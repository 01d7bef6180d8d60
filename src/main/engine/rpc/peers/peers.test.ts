import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventsQuery, PeersPage, PeersQuery, PingResult } from '../../../../shared/contract/rpc-peers.ts';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { MessageProperties, MessageRecord } from '../../../../shared/messages/record.ts';
import type { OutgoingMessage } from '../../../../shared/rpc/dialect.ts';
import { buildEvent } from '../../../../shared/rpc/events.ts';
import { kickMessage, presenceMessage, presenceRemoval } from '../../../../shared/rpc/presence.ts';
import type { CallSession } from '../caller/call-session.ts';
import { createRpcService, type RpcService } from '../rpc-service.ts';
import type { ConnectedClient } from './peer-book.ts';
import { createRpcPeers, type RpcPeers } from './rpc-peers.ts';

const lab = 'connection:lab';
let nowMs: number;
let clockMs: number;
let clients: readonly ConnectedClient[] | null;
let peers: RpcPeers;
let rpc: RpcService;
let published: OutgoingMessage[];
let version: CallSession['version'];
let ids: number;

beforeEach(() => {
  vi.useFakeTimers();
  clockMs = 0;
  [nowMs, clients, published, version, ids] = [1_700_000_000_000, [], [], '5', 0];
  peers = createRpcPeers({ brokerClients: () => clients, maxClients: 3, clock: () => clockMs });
  const session: CallSession = {
    clientId: 'me',
    get version() {
      return version;
    },
    covering: () => ({ filter: '#', askedQos: 1, grantedQos: 1 }),
    subscribe: async () => ({ reason: null, reasonCode: 0 }),
    unsubscribe: async () => undefined,
    async publish(message) {
      published.push(message);
      return { noSubscribers: false, note: null };
    },
    onEnd: () => () => undefined,
    hold: () => undefined,
    release: () => undefined,
  };
  rpc = createRpcService({
    now: () => nowMs,
    clock: () => nowMs,
    newId: () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}`,
    peers,
    sessions: { open: () => session, close: async () => undefined },
    onBug: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  await rpc.close();
  vi.useRealTimers();
});

type More = Partial<Pick<MessageRecord, 'retain' | 'publisher' | 'direction'>> & { readonly source?: SourceId };
type Message = { readonly topic: string; readonly payload: Uint8Array; readonly properties?: MessageProperties };
function see({ topic, payload, properties }: Message, { source = lab, ...more }: More = {}): void {
  const common = { qos: 1, retain: false, dup: false, direction: 'in', publisher: null, ...more } as const;
  rpc.ingest(source, [{ id: 77, timeUs: nowMs * 1000, topic, payload, properties: properties ?? null, ...common }]);
}
const text = (topic: string, payload: string): Message => ({ topic, payload: new TextEncoder().encode(payload) });
const page = (query: Partial<PeersQuery> = {}): PeersPage =>
  peers.page({ source: lab, limit: 100, ...query }, (id) => rpc.knows({ source: lab, dialect: 'mqttxx4', topic: `rpc/r/${id}` }));
const pass = async (ms: number): Promise<void> => {
  nowMs += ms;
  await vi.advanceTimersByTimeAsync(ms);
};

describe('presence', () => {
  it('is told with since when, and by whom it was last seen', () => {
    see(presenceMessage('pump', 'online', nowMs / 1000), { retain: true });
    see(presenceMessage('valve', 'online', nowMs / 1000));
    nowMs += 5500;
    see(presenceMessage('pump', 'offline', 1_700_000_000));
    nowMs += 1000;
    see(presenceMessage('pump', 'offline', 1_700_000_000));
    const none = { connected: null, connectedAt: null, lastSeenAt: null, node4: false };
    expect(page()).toEqual({
      rows: [
        { clientId: 'pump', presence: 'offline', presenceAt: 1_700_000_005_500, presenceTimestamp: 1_700_000_000_000, ...none },
        { clientId: 'valve', presence: 'online', presenceAt: 1_700_000_000_000, presenceTimestamp: 1_700_000_000_000, ...none },
      ],
      total: 2,
      online: 1,
      offline: 1,
      unknown: 0,
      leftOut: 0,
    });
    expect(page({ state: 'offline' }).rows.map(({ clientId }) => clientId)).toEqual(['pump']);
    expect(page({ text: 'VAL', offset: 0 })).toMatchObject({ total: 1, rows: [{ clientId: 'valve' }] });
  });

  it('that is retained may be old', () => {
    see(presenceMessage('pump', 'online', 5), { retain: true });
    expect(page().rows[0]).toMatchObject({ presence: 'online', presenceAt: null, presenceTimestamp: 5000 });
  });

  it('ends with its retained message; kicks and nonsense are none', () => {
    see(presenceMessage('pump', 'online', 5));
    see(presenceRemoval('pump'));
    see(kickMessage('valve'));
    for (const payload of ['{"status":"asleep"}', 'online', '{', '']) see(text('$presence/x', payload));
    expect(page().total).toBe(0);
  });

  it('is put right by the local broker, which knows who is connected', () => {
    clients = [
      { clientId: 'pump', connectedAt: 5 },
      { clientId: 'quiet', connectedAt: 6 },
    ];
    see(presenceMessage('pump', 'offline', 5), { source: 'broker' });
    see(presenceMessage('gone', 'online', 5), { source: 'broker' });
    see(text('a', 'b'), { source: 'broker', publisher: 'passer-by' });
    const { rows, ...counts } = page({ source: 'broker' });
    expect(counts).toMatchObject({ total: 4, online: 2, offline: 1, unknown: 1 });
    expect(rows.map(({ clientId, connected, lastSeenAt }) => [clientId, connected, lastSeenAt])).toEqual([
      ['gone', false, null],
      ['passer-by', false, nowMs],
      ['pump', true, null],
      ['quiet', true, null],
    ]);
    expect([peers.presenceOf('broker', 'pump'), peers.presenceOf('broker', 'gone'), peers.presenceOf('broker', 'passer-by')]).toEqual([
      'online',
      'offline',
      null,
    ]);
    clients = [...clients, { clientId: 'third', connectedAt: 7 }];
    expect(page({ source: 'broker' }).rows.find(({ clientId }) => clientId === 'gone')?.connected).toBeNull();
    clients = null;
    peers.brokerStopped();
    expect(page({ source: 'broker' })).toMatchObject({ total: 1, online: 0 });
  });

  it('holds for 20,000 clients, and counts the others', () => {
    for (let n = 0; n < 20_010; n += 1) see(presenceMessage(`device-${n}`, 'online', 5));
    expect(page({ offset: 19_990 })).toMatchObject({ total: 20_000, online: 20_000, leftOut: 10, rows: { length: 10 } });
    expect(page({ text: 'device-19999' }).rows).toHaveLength(1);
    peers.forget(lab, 'device-1');
    see(presenceMessage('device-20001', 'online', 5));
    expect(page({ limit: 1 })).toMatchObject({ total: 20_000, leftOut: 10, rows: [{ clientId: 'device-0' }] });
    peers.drop(lab);
    expect(page().total).toBe(0);
  });

  it('of a peer that is offline explains a time-out, and of no other', async () => {
    const call = (topic: string, dialect: 'mqttxx2' | 'jsonrpc' = 'mqttxx2'): number =>
      rpc.start({ source: lab, dialect, topic, method: 'm', params: null, timeoutMs: 1000 });
    see(presenceMessage('pump', 'offline', 5));
    see(presenceMessage('valve', 'online', 5));
    const calls = [call('edge/pump'), call('edge/valve'), call('edge/other'), call('edge/pump', 'jsonrpc')];
    await pass(1001);
    const ends = calls.map((id) => (rpc.call(id) as CallDetail).error);
    expect(ends.map((error) => error?.code)).toEqual([3007, 3002, 3002, 3002]);
    expect(ends[0]?.message).toBe('No answer within 1 s. The presence of "pump" says that it is offline.');
    expect(rpc.call(calls[0] as number)?.state).toBe('failed');
  });
});

it('knows who calls over a connection, and who speaks mqttxx 4.x', () => {
  see(text('edge/pump', '{"type":"rpc_request","request_id":"request-0001","method":"m","reply_to":"r","caller_id":"app"}'));
  const properties = { responseTopic: 'rpc/r/app', correlationData: new Uint8Array([1]), userProperties: [['caller_id', 'app']] as const };
  see({ ...text('rpc/r/four', '{"method":"m","params":null}'), properties });
  see(presenceMessage('four', 'online', 5));
  expect(page().rows.map(({ clientId, lastSeenAt, node4 }) => [clientId, lastSeenAt, node4])).toEqual([
    ['app', nowMs, false],
    ['four', null, true],
  ]);
});

describe('a ping of 4.x', () => {
  const ping = (): Promise<PingResult> => rpc.ping(lab, 'four', new AbortController().signal);
  const answer = (n: number, payload: string): void =>
    see({ ...text('rpc/r/me', payload), properties: { correlationData: Uint8Array.from(published[n]?.properties?.correlationData ?? []) } });

  it('is three calls at once, and tells the times of the answers', async () => {
    const result = ping();
    await pass(0);
    expect(published.map(({ topic, payload }) => [topic, new TextDecoder().decode(payload)])).toEqual(
      Array.from({ length: 3 }, () => ['rpc/r/four', '{"method": "__ping__", "params": null}']),
    );
    for (let n = 0; n < 3; n += 1) {
      await pass(10);
      answer(n, '{"result": true}');
    }
    expect(await result).toEqual({ alive: true, answered: 3, asked: 3, minMs: 10, medianMs: 20, maxMs: 30, problem: null });
  });

  it('takes a refusal for a sign of life, and no answer for none', async () => {
    const refused = ping();
    await pass(0);
    answer(0, '{"error": "Permission denied"}');
    await pass(3001);
    expect(await refused).toMatchObject({ alive: true, answered: 1, asked: 3, minMs: 0, maxMs: 0 });
    const silent = ping();
    await pass(3001);
    expect(await silent).toEqual({ alive: false, answered: 0, asked: 3, minMs: null, medianMs: null, maxMs: null, problem: 'No answer within 3 s.' });
  });

  it('needs MQTT 5, and can be given up', async () => {
    const abort = new AbortController();
    const given = rpc.ping(lab, 'four', abort.signal);
    abort.abort();
    expect(await given).toMatchObject({ alive: false, answered: 0 });
    // Each of its calls is in the list, where it can be cancelled.
    const cancelled = ping();
    await pass(0);
    answer(3, '{"result": true}');
    for (const { id, state } of rpc.recent.newestFirst()) if (state === 'pending') rpc.cancel(id);
    expect(await cancelled).toMatchObject({ alive: true, answered: 1, asked: 3, problem: 'The call was cancelled.' });
    version = '3.1.1';
    await expect(ping()).rejects.toThrow('needs the properties of MQTT 5');
  });
});

describe('events', () => {
  const event = { topic: 'edge/1', eventType: 'door.open', data: { n: 1 }, source: 'sensor_1', atMs: 1_700_000_000_123 };
  const events = (query: Partial<EventsQuery> = {}): ReturnType<RpcPeers['events']> => peers.events({ source: lab, limit: 100, ...query });

  it('of 3.x, 4.x and JSON-RPC are listed, newest first', () => {
    see(buildEvent('mqttxx2', event));
    see(buildEvent('mqttxx4', { ...event, eventType: 'door.closed' }), { publisher: 'pub' });
    see(text('edge/2', '{"jsonrpc":"2.0","method":"tick","params":[1]}'));
    const { rows, ...rest } = events();
    expect(rows.map(({ dialect, topic, eventType, from, publisher, preview }) => [dialect, topic, eventType, from, publisher, preview])).toEqual([
      ['jsonrpc', 'edge/2', 'tick', '', null, '[1]'],
      ['mqttxx4', 'edge/1', 'door.closed', 'sensor_1', 'pub', '{"n":1}'],
      ['mqttxx2', 'edge/1', 'door.open', 'sensor_1', null, '{"n":1}'],
    ]);
    expect(rest).toMatchObject({ total: 3, seen: 3, newestId: 3, forgotten: 0, types: [{ count: 1 }, { count: 1 }, { count: 1 }] });
    expect(peers.eventDetail(1)).toMatchObject({ data: { n: 1 }, timestamp: 1_700_000_000.123, messageId: 77, tooLong: false });
    expect(peers.eventDetail(9)).toBeNull();
    expect(events({ source: 'broker' }).total).toBe(0);
  });

  it('are filtered by type and text, and stand still while others come', () => {
    for (const [topic, eventType] of [
      ['a', 'x'],
      ['b', 'x'],
      ['a', 'y'],
    ] as const)
      see(buildEvent('mqttxx2', { ...event, topic, eventType }));
    expect(events({ eventType: 'x' }).total).toBe(2);
    expect(events({ text: 'A  sensor' }).total).toBe(2);
    expect(events({ text: 'nobody' }).total).toBe(0);
    expect(events({ upTo: 2 })).toMatchObject({ total: 2, newestId: 3, seen: 3 });
    expect(events({ offset: 1, limit: 1 }).rows.map(({ id }) => id)).toEqual([2]);
    expect([peers.clearEvents('broker'), peers.clearEvents(lab), events().total]).toEqual([0, 3, 0]);
  });

  it('are none when retained at another broker, or when only a word is the same', () => {
    see(buildEvent('mqttxx2', event), { retain: true });
    for (const payload of ['{"event_type":"x"}', '{"type":"log","event_type":"x"}', '{"event_type"', '{"type":"event","event_type":7}'])
      see(text('a', payload));
    see({ ...text('a', '{"n":'), properties: { userProperties: [['type', 'event']] } });
    expect(events().total).toBe(0);
    expect([...rpc.recent.newestFirst()]).toEqual([]);
  });

  it('are sent in each form, and noted once although they come back', async () => {
    await rpc.publish(lab, (atMs) => buildEvent('mqttxx2', { ...event, atMs }));
    expect(new TextDecoder().decode(published[0]?.payload)).toContain('"timestamp": 1700000000.0');
    see(published[0] as Message, { direction: 'out', publisher: 'me' });
    see(published[0] as Message);
    expect(events().rows.map(({ own }) => own)).toEqual([true]);
    see(published[0] as Message);
    expect(events().rows.map(({ own }) => own)).toEqual([false, true]);
    version = '3.1.1';
    await expect(rpc.publish(lab, () => buildEvent('mqttxx4', event))).rejects.toThrow('needs the properties of MQTT 5');
  });

  it('are noted once although the clock of the computer is set meanwhile', async () => {
    await rpc.publish(lab, (atMs) => buildEvent('mqttxx2', { ...event, atMs }));
    for (const setByMs of [3_600_000, -7_200_000]) {
      see(published[0] as Message, { direction: 'out', publisher: 'me' });
      nowMs += setByMs;
      clockMs += 50;
      see(published[0] as Message);
    }
    expect(events().total).toBe(2);
    // Much later it is that of somebody else.
    see(published[0] as Message, { direction: 'out', publisher: 'me' });
    clockMs += 11_000;
    see(published[0] as Message);
    expect(events().total).toBe(4);
  });

  it('are kept within bounds: the oldest go first, and are counted', () => {
    for (let n = 0; n < 10_500; n += 1) see(buildEvent('mqttxx2', { ...event, data: n }));
    const { total, forgotten, seen } = events({ limit: 1 });
    expect(total + forgotten).toBe(10_500);
    expect(total).toBeLessThanOrEqual(10_000);
    expect(total).toBeGreaterThan(9800);
    expect(seen).toBe(10_500);
    const large = 'x'.repeat(60_000);
    for (let n = 0; n < 300; n += 1) see(buildEvent('mqttxx2', { ...event, data: large }));
    expect(events({ limit: 1 }).total).toBeLessThan(200);
    see(buildEvent('mqttxx2', { ...event, data: 'x'.repeat(70_000) }));
    expect(peers.eventDetail(events({ limit: 1 }).newestId)).toMatchObject({ data: null, tooLong: true, preview: `"${'x'.repeat(199)}…` });
  });
});
