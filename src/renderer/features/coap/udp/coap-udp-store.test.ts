import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  coapUdpContract,
  type CoapObserveEvent,
  type CoapUdpProgress,
  type CoapUdpRequest,
  type CoapUdpResponse,
} from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { StreamSink } from '../../../../shared/ipc/stream-sink.ts';
import { serveForTests, type ServedEngine } from '../../serve-for-tests.ts';
import { createCoapUdpStore, type CoapUdpState, type CoapUdpStore } from './coap-udp-store.ts';
import type { ObservationState } from './observation-state.ts';

const { 'coapUdp.request': request, 'coapUdp.observe': observe, 'coapUdp.endObservation': endObservation } = coapUdpContract;

let backend: ServedEngine;
let store: CoapUdpStore;
let requests: { readonly input: CoapUdpRequest; readonly sink: StreamSink<CoapUdpProgress> }[];
let observed: Map<string, StreamSink<CoapObserveEvent>>;
let ends: string[];
const now = (): CoapUdpState => store.state.getState();
const first = (): ObservationState => now().observations[0] as ObservationState;
const until = (reached: () => boolean): Promise<boolean> => vi.waitUntil(reached, { timeout: 20_000 });

beforeEach(() => {
  [requests, observed, ends] = [[], new Map(), []];
  backend = serveForTests(
    { 'coapUdp.request': request, 'coapUdp.observe': observe, 'coapUdp.endObservation': endObservation },
    {
      'coapUdp.request': (input, sink) => void requests.push({ input, sink }),
      'coapUdp.observe': ({ id }, sink) => void observed.set(id, sink),
      'coapUdp.endObservation': ({ id, style }) => {
        if (!observed.has(id)) throw new CodedError('not-found', 'This observation has ended.');
        ends.push(`${style} ${id}`);
      },
    },
  );
  store = createCoapUdpStore(backend.engine, () => 5);
  store.edit({ uri: 'coap://127.0.0.1/temp' });
});
afterEach(() => backend.close());

const response = (size = 1, code = 0x45): CoapUdpResponse => ({
  type: 'ACK',
  code,
  messageId: 1,
  token: new Uint8Array(0),
  options: [],
  payload: new Uint8Array(size),
  from: '127.0.0.1:5683',
  elapsedMs: 1,
  at: 1,
});
const progress = (more: Partial<CoapUdpProgress> = {}): CoapUdpProgress => ({
  phase: 'sent',
  startedAt: 1,
  elapsedMs: 1,
  messagesSent: 1,
  messagesReceived: 0,
  bytesSent: 1,
  bytesReceived: 0,
  retransmissions: 0,
  retransmission: null,
  upload: null,
  download: null,
  response: null,
  failure: null,
  ...more,
});

async function begin(): Promise<StreamSink<CoapObserveEvent>> {
  expect(store.observe()).toBe(true);
  const { id } = first();
  await until(() => observed.has(id));
  return observed.get(id) as StreamSink<CoapObserveEvent>;
}

it('shows what is wrong with the draft instead of sending it', () => {
  store.edit({ uri: 'coaps://127.0.0.1/' });
  expect([store.send(), store.observe(), now().reveal, now().exchange]).toEqual([false, false, true, null]);
  store.load({ ...now().draft, uri: 'coap://h/' });
  expect(now().reveal).toBe(false);
});

it('tells of one request at a time, from its progress to its end', async () => {
  expect(store.send()).toBe(true);
  expect(store.send()).toBe(true);
  await until(() => requests.length > 0);
  expect(requests[0]?.input).toMatchObject({ uri: 'coap://127.0.0.1/temp', method: 'GET', blockSize: 1024 });
  void requests[0]?.sink.send(progress());
  await until(() => now().exchange?.progress?.phase === 'sent');
  void requests[0]?.sink.send(progress({ phase: 'responded', response: response() }));
  requests[0]?.sink.end();
  await until(() => now().exchange?.running === false);
  expect([now().exchange?.progress?.phase, now().exchange?.error, requests.length]).toEqual(['responded', null, 1]);
});

it('says that a cancelled request may have been carried out', async () => {
  store.send();
  await until(() => requests.length > 0);
  store.cancel();
  expect(now().exchange).toMatchObject({ running: false, error: { code: 'cancelled' } });
  await until(() => requests[0]?.sink.signal.aborted === true);
  store.cancel();
});

it('sends nothing again when the link comes back', async () => {
  store.send();
  await begin();
  await until(() => requests.length > 0);
  backend.restart();
  await until(() => now().exchange?.running === false && first().phase === 'ended');
  expect([now().exchange?.error?.code, first().error?.code]).toEqual(['disconnected', 'disconnected']);
  expect([requests.length, observed.size]).toEqual([1, 1]);
});

it('observes several resources, each with its own states and end', async () => {
  const one = await begin();
  store.edit({ uri: 'coap://127.0.0.1/door' });
  const two = await begin();
  expect(now()).toMatchObject({
    view: 'observed',
    shown: first().id,
    observations: [{ label: 'GET coap://127.0.0.1/door' }, { label: 'GET coap://127.0.0.1/temp' }],
  });
  void one.send({ kind: 'registered', response: response(), observed: true });
  void two.send({ kind: 'registered', response: response(), observed: false });
  void two.send({ kind: 'ended', by: 'server', failure: null });
  two.end();
  void one.send({ kind: 'notification', response: response(2) });
  await until(() => now().observations[1]?.received === 2 && first().phase === 'ended');
  const [door, temp] = now().observations;
  expect([door?.observed, door?.by, temp?.phase, temp?.rows.map(({ number }) => number)]).toEqual([false, 'server', 'observing', [1, 2]]);

  store.select(temp?.id ?? '', 1);
  store.showObservation(temp?.id ?? '');
  await store.end(temp?.id ?? '', 'reset');
  void one.send({ kind: 'ending', style: 'reset' });
  await until(() => now().observations[1]?.phase === 'ending');
  expect([ends, now().observations[1]?.selected]).toEqual([[`reset ${temp?.id}`], 1]);
  // Only what has ended leaves the list.
  store.removeObservation(temp?.id ?? '');
  store.removeEnded();
  expect(now().observations.map(({ id }) => id)).toEqual([temp?.id]);
});

it('ends all that are under way, and passes by what has ended meanwhile', async () => {
  for (let n = 0; n < 3; n += 1) void (await begin()).send({ kind: 'registered', response: response(), observed: true });
  await until(() => now().observations.every(({ phase }) => phase === 'observing'));
  observed.delete(first().id);
  await store.endAll('deregister');
  expect(ends).toHaveLength(2);
});

it('observes as many as the engine takes, and forgets the oldest ended ones', async () => {
  for (let n = 0; n < 3 * coapUdpLimits.observations; n += 1) {
    expect(store.observe()).toBe(true);
    if (n >= coapUdpLimits.observations) continue;
    const { id } = first();
    await until(() => observed.has(id));
    observed.get(id)?.end();
    await until(() => now().observations.find((one) => one.id === id)?.phase === 'ended');
    if (n === coapUdpLimits.observations - 1) break;
  }
  const ended = now().observations.map(({ id }) => id);
  for (let n = 0; n < coapUdpLimits.observations; n += 1) expect(store.observe()).toBe(true);
  expect(store.observe()).toBe(false);
  expect(now().observations).toHaveLength(2 * coapUdpLimits.observations);
  const kept = now().observations[2 * coapUdpLimits.observations - 1];
  expect(kept?.id).toBe(ended.at(-1));
});

it('keeps so many states of so many bytes, always the newest, and counts what is gone', async () => {
  const sink = await begin();
  void sink.send({ kind: 'registered', response: response(), observed: true });
  for (let n = 0; n < 3; n += 1) void sink.send({ kind: 'notification', response: response(3 * 1024 * 1024) });
  await until(() => first().received === 4);
  expect(first()).toMatchObject({ forgotten: 3, rows: [{ number: 4 }] });
});
