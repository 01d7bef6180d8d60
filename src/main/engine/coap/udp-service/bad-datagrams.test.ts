import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { coapUdpContract, type CoapObserveEvent, type CoapUdpProgress } from '../../../../shared/contract/coap-udp.ts';
import { encodeBlock } from '../../../../shared/coap/udp/block.ts';
import { decodeCoap } from '../../../../shared/coap/udp/decode.ts';
import { encodeCoap } from '../../../../shared/coap/udp/encode.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { encodeUint } from '../../../../shared/coap/udp/option-value.ts';
import type { CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { createCoapUdp, type CoapUdp } from './udp-service.ts';

const never = new AbortController().signal;
const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

function open(): CoapUdp {
  const service = createCoapUdp({
    now: () => Date.now(),
    clock: () => performance.now(),
    random: Math.random,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  });
  opened.push(() => service.close());
  return service;
}

/** Answers each request with datagrams as they are given. */
async function playRaw(answers: (request: CoapPacket, count: number) => readonly Uint8Array[]): Promise<string> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  opened.push(() => socket.close());
  let count = 0;
  socket.on('message', (data, { port, address }) => {
    const request = decodeCoap(new Uint8Array(data));
    if ('problem' in request || request.type !== 'CON') return;
    for (const datagram of answers(request, (count += 1))) socket.send(datagram, port, address);
  });
  return `coap://127.0.0.1:${socket.address().port}/x`;
}

const answer = ({ messageId, token }: CoapPacket, more: Partial<CoapPacket> = {}): Uint8Array =>
  encodeCoap({ type: 'ACK', code: 0x45, messageId, token, options: [], payload: new TextEncoder().encode('good'), ...more });

async function ask(service: CoapUdp, uri: string, more: object = {}): Promise<CoapUdpProgress> {
  const states: CoapUdpProgress[] = [];
  await service.request(coapUdpContract['coapUdp.request'].input.parse({ uri, method: 'GET', timeoutMs: 20_000, ...more }), never, (state) =>
    states.push(state),
  );
  return states.at(-1) as CoapUdpProgress;
}

/** Everything that can be asked of the log, of what is in it. */
function readLog(service: CoapUdp): number {
  const { rows, kept } = service.log({ offset: 0, limit: 500, text: '', direction: 'all' });
  for (const { id, bytes } of rows) expect(service.logMessage(id)?.bytes).toHaveLength(bytes);
  return kept;
}

it('finds the response among what is truncated, damaged, for others or for nobody', async () => {
  const uri = await playRaw((request) => {
    const options = [
      { number: 4, value: Uint8Array.of(1, 2) },
      { number: 2048, value: new Uint8Array(300) },
    ];
    const whole = answer(request, { options });
    return [
      // 8 and 11 bytes, up to the token and up to the first option, are whole messages.
      ...[1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 14, 15, 100].map((length) => whole.subarray(0, length)),
      ...Array.from({ length: 60 }, () => new Uint8Array(randomBytes(1 + Math.floor(Math.random() * 60)))).filter(([first = 0]) => first >> 6 !== 1),
      answer(request, { token: Uint8Array.of(9, 9, 9) }),
      answer(request, { messageId: request.messageId ^ 0xff }),
      answer(request, { type: 'CON', token: new Uint8Array(0), messageId: 1 }),
      answer(request, { type: 'NON', code: 0x01, messageId: 2 }),
      answer(request, { type: 'NON', code: 0xff, messageId: 3 }),
      answer(request, { type: 'CON', code: 0x21, messageId: 4 }),
      Uint8Array.of(0x40, 0, 0, 5),
      new Uint8Array(60_000).fill(0x41),
      answer(request, { type: 'NON', messageId: 6 }),
    ];
  });
  const service = open();
  const { response, failure } = await ask(service, uri);
  expect([new TextDecoder().decode(response?.payload), failure]).toEqual(['good', null]);
  expect(readLog(service)).toBeGreaterThan(20);
  const damaged = service.log({ offset: 0, limit: 500, text: 'RFC', direction: 'in' });
  expect(damaged.total).toBeGreaterThan(10);
});

const block = (number: number, more: boolean, size: number): { readonly number: number; readonly value: Uint8Array } => ({
  number: 23,
  value: encodeBlock({ number, more, size }),
});

it.each([
  ['an unknown critical option', 'bad-response', [{ number: 65_001, value: new Uint8Array(0) }], 4],
  ['a block of the reserved size', 'bad-response', [{ number: 23, value: Uint8Array.of(0x0f) }], 4],
  ['a block of four bytes', 'bad-response', [{ number: 23, value: Uint8Array.of(1, 2, 3, 4) }], 4],
  ['the last possible block at first', 'bad-response', [block(0xfffff, true, 1024)], 1024],
  ['a first block that is too short', 'bad-response', [block(0, true, 1024)], 10],
  ['an empty first block', 'bad-response', [block(0, true, 16)], 0],
  ['blocks without end', 'bad-response', [block(0, true, 16)], 16],
  ['10 MB, said at once', 'too-large', [block(0, true, 1024), { number: 28, value: encodeUint(10_000_000) }], 1024],
] as const)('ends with a failure on %s', async (_name, kind, options, length) => {
  const uri = await playRaw((request) => [answer(request, { options, payload: new Uint8Array(length).fill(0x61) })]);
  const service = open();
  const { response, failure } = await ask(service, uri);
  expect([response, failure?.kind]).toEqual([null, kind]);
  expect(failure?.advice).not.toBe('');
  readLog(service);
  // The engine goes on.
  const fine = await playRaw((request) => [answer(request)]);
  expect((await ask(service, fine)).response).not.toBeNull();
});

it('gives up on 10 MB in blocks at the limit, without keeping more messages than it may', async () => {
  const payload = new Uint8Array(1024).fill(0x61);
  const uri = await playRaw((request) => {
    const asked = request.options.find(({ number }) => number === 23);
    const number = asked ? [...asked.value].reduce((sum, byte) => sum * 256 + byte, 0) >>> 4 : 0;
    return [answer(request, { options: [block(number, true, 1024)], payload })];
  });
  const service = open();
  const { failure, bytesReceived } = await ask(service, uri);
  expect(failure?.kind).toBe('too-large');
  expect(bytesReceived).toBeLessThan(coapUdpLimits.bodyBytes * 1.1);
  expect(service.log({ offset: 0, limit: 1, text: '', direction: 'all' }).kept).toBeLessThanOrEqual(coapUdpLimits.logMessages);
});

it('goes on observing among what is damaged', async () => {
  const uri = await playRaw((request, count) => {
    const observe = (sequence: number): { readonly number: number; readonly value: Uint8Array } => ({ number: 6, value: encodeUint(sequence) });
    if (count > 1) return [answer(request)];
    const later = (messageId: number, sequence: number, more: Partial<CoapPacket> = {}): Uint8Array =>
      answer(request, { type: 'NON', messageId, options: [observe(sequence)], ...more });
    return [
      answer(request, { options: [observe(1)] }),
      Uint8Array.of(0x50, 0x45, 1),
      later(10, 2, { token: Uint8Array.of(7) }),
      later(11, 2).subarray(0, 9),
      later(12, 3),
    ];
  });
  const service = open();
  const events: CoapObserveEvent[] = [];
  const done = service.observe('one', coapUdpContract['coapUdp.request'].input.parse({ uri, method: 'GET' }), never, (event) => {
    events.push(event);
    if (event.kind === 'notification') service.endObservation('one', 'forget');
  });
  await done;
  expect(events.map(({ kind }) => kind)).toEqual(['registered', 'notification', 'ending', 'ended']);
  readLog(service);
});
