import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { decodeCoap } from '../../../../shared/coap/udp/decode.ts';
import { encodeCoap } from '../../../../shared/coap/udp/encode.ts';
import type { CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { MessageLayer, type LoggedMessage, type MessageLayerOptions, type Outgoing } from './message-layer.ts';
import { defaultTransmission, exchangeLifetimeMs, maxTransmitWaitMs } from './transmission.ts';

const peer = { address: '192.0.2.1', port: 5683 };
const other = { address: '192.0.2.1', port: 5684 };
const none = new Uint8Array(0);
const request: Outgoing = { type: 'CON', code: 1, token: Uint8Array.of(7), options: [], payload: none };

let sent: { readonly packet: CoapPacket; readonly at: number }[];
let log: LoggedMessage[];
let began: number;
const elapsed = (): number => performance.now() - began;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  log = [];
  began = performance.now();
});
afterEach(() => void vi.useRealTimers());

function open(more: Partial<MessageLayerOptions> = {}): MessageLayer {
  return new MessageLayer({
    send: (bytes) => sent.push({ packet: decodeCoap(bytes) as CoapPacket, at: elapsed() }),
    clock: () => performance.now(),
    random: () => 0,
    transmission: defaultTransmission,
    onResponse: () => true,
    onLog: (message) => log.push(message),
    ...more,
  });
}
const receive = (layer: MessageLayer, packet: Partial<CoapPacket>, from = peer): void =>
  layer.receive(encodeCoap({ type: 'ACK', code: 0, messageId: 0, token: none, options: [], payload: none, ...packet }), from);
const kinds = (): string[] => sent.map(({ packet }) => `${packet.type} ${packet.messageId}`);

it('sends a confirmable message again with doubled waits, four times, and then gives up (§4.2)', () => {
  const gaveUp = vi.fn();
  open().send(peer, request, { gaveUp });
  vi.advanceTimersByTime(61_999);
  expect(sent.map(({ at }) => at)).toEqual([0, 2000, 6000, 14_000, 30_000]);
  expect(new Set(kinds()).size).toBe(1);
  expect(log.map(({ note }) => note)).toEqual([null, 'retransmission 1 of 4', 'retransmission 2 of 4', 'retransmission 3 of 4', 'retransmission 4 of 4']);
  expect(gaveUp).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(gaveUp).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(1_000_000);
  expect(sent).toHaveLength(5);
});

it('waits for a part of half as long again, by chance', () => {
  open({ random: () => 0.75 }).send(peer, request);
  vi.advanceTimersByTime(2749);
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(sent).toHaveLength(2);
  expect([maxTransmitWaitMs(defaultTransmission), exchangeLifetimeMs(defaultTransmission)]).toEqual([93_000, 247_000]);
});

it.each(['ACK', 'RST'] as const)('stops when an %s comes, from that peer and for that message only', (type) => {
  const hooks = { acknowledged: vi.fn(), reset: vi.fn() };
  const layer = open();
  layer.send(peer, request, hooks);
  receive(layer, { type, messageId: 1 });
  receive(layer, { type, messageId: 0 }, other);
  vi.advanceTimersByTime(2000);
  expect(sent).toHaveLength(2);
  receive(layer, { type });
  receive(layer, { type });
  vi.advanceTimersByTime(100_000);
  expect(sent).toHaveLength(2);
  expect([hooks.acknowledged.mock.calls.length, hooks.reset.mock.calls.length]).toEqual(type === 'ACK' ? [1, 0] : [0, 1]);
});

it('hands on the response on an acknowledgement', () => {
  const onResponse = vi.fn(() => true);
  const layer = open({ onResponse });
  layer.send(peer, request);
  receive(layer, { code: 0x45, token: Uint8Array.of(7) });
  expect(onResponse).toHaveBeenCalledOnce();
  expect(kinds()).toEqual(['CON 0']);
});

it('acknowledges a separate response, and again when it comes again, but hands it on once (§4.5)', () => {
  const onResponse = vi.fn(() => true);
  const layer = open({ onResponse });
  for (let n = 0; n < 3; n += 1) receive(layer, { type: 'CON', code: 0x45, messageId: 9 });
  expect(onResponse).toHaveBeenCalledOnce();
  expect(kinds()).toEqual(['ACK 9', 'ACK 9', 'ACK 9']);
  receive(layer, { type: 'CON', code: 0x45, messageId: 9 }, other);
  vi.advanceTimersByTime(247_000);
  receive(layer, { type: 'CON', code: 0x45, messageId: 9 });
  expect(onResponse).toHaveBeenCalledTimes(3);
});

it('rejects what nobody waits for, requests where nothing is served, pings and malformed confirmable messages', () => {
  const layer = open({ onResponse: () => false });
  receive(layer, { type: 'CON', code: 0x45, messageId: 1 });
  receive(layer, { type: 'NON', code: 0x45, messageId: 2 });
  receive(layer, { type: 'CON', code: 1, messageId: 3 });
  receive(layer, { type: 'NON', code: 1, messageId: 4 });
  receive(layer, { type: 'CON', code: 0, messageId: 5 });
  receive(layer, { type: 'CON', code: 0x20, messageId: 6 });
  layer.receive(Uint8Array.of(0x41, 0, 0, 7, 1), peer);
  layer.receive(Uint8Array.of(0x51, 0, 0, 8, 1), peer);
  layer.receive(Uint8Array.of(0x80, 0, 0, 9), peer);
  layer.receive(Uint8Array.of(0x40), peer);
  expect(kinds()).toEqual(['RST 1', 'RST 2', 'RST 3', 'RST 5', 'RST 6', 'RST 7']);
  expect(log.filter(({ direction, packet }) => direction === 'in' && packet === null).every(({ note }) => note?.includes('RFC 7252'))).toBe(true);
});

it('tells a request once, and repeats its answer to duplicates', () => {
  const onRequest = vi.fn((packet: CoapPacket) =>
    layer.acknowledge(peer, packet.messageId, { code: 0x45, token: packet.token, options: [], payload: Uint8Array.of(1) }),
  );
  const layer = open({ onRequest });
  for (let n = 0; n < 2; n += 1) receive(layer, { type: 'CON', code: 1, messageId: 3, token: Uint8Array.of(5) });
  expect(onRequest).toHaveBeenCalledOnce();
  expect(sent.map(({ packet }) => [packet.type, packet.code, packet.messageId, [...packet.token], [...packet.payload]])).toEqual([
    ['ACK', 0x45, 3, [5], [1]],
    ['ACK', 0x45, 3, [5], [1]],
  ]);
});

it('keeps one confirmable message to a peer outstanding (NSTART, §4.7), and others not back', () => {
  const layer = open();
  const stop = layer.send(peer, request);
  const never = layer.send(peer, request);
  layer.send(peer, request);
  layer.send(other, request);
  layer.send(peer, { ...request, type: 'NON' });
  expect(kinds()).toEqual(['CON 0', 'CON 3', 'NON 4']);
  never();
  receive(layer, { messageId: 0 });
  expect(kinds().slice(3)).toEqual(['CON 2']);
  stop();
  receive(layer, { messageId: 2 });
  layer.send(peer, request);
  expect(kinds().slice(4)).toEqual(['CON 5']);
});

it('sends nothing any more when it is closed', () => {
  const layer = open();
  layer.send(peer, request);
  layer.close();
  vi.advanceTimersByTime(100_000);
  receive(layer, { type: 'CON', code: 1, messageId: 3 });
  expect(sent).toHaveLength(1);
});
