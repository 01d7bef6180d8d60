// Confirmable GET requests from a bare UDP socket, in a thread of its own, to whichever server it is told.
import dgram from 'node:dgram';
import { once } from 'node:events';
import { parentPort } from 'node:worker_threads';
import { decodeCoap } from '../../src/shared/coap/udp/decode.ts';
import { encodeCoap } from '../../src/shared/coap/udp/encode.ts';
import { formatCode, methodCodes } from '../../src/shared/coap/udp/packet.ts';
import type { LoopOrder, LoopResult } from './calls.ts';

/** At most 65,536 calls: a message id must not come back within 247 s (RFC 7252 §4.4). */
export interface UdpOrder extends LoopOrder {
  readonly port: number;
}
export interface UdpResult extends LoopResult {
  /** Sent again, as nothing came for a second. */
  readonly again: number;
}

const options = [{ number: 11, value: new TextEncoder().encode('example_data') }];
const patienceMs = 1000;

async function load({ port, calls, inFlight }: UdpOrder): Promise<UdpResult> {
  // A port of its own: the ids of an earlier order are still known at the server.
  const socket = dgram.createSocket('udp4');
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const times: number[] = [];
  const waiting = new Map<number, { readonly bytes: Uint8Array; readonly began: number; last: number }>();
  let again = 0;
  let sent = 0;
  const began = performance.now();
  const next = (): void => {
    if (sent === calls) return;
    const messageId = sent;
    sent += 1;
    const token = Uint8Array.of(messageId >> 8, messageId & 0xff);
    const bytes = encodeCoap({ type: 'CON', code: methodCodes.GET, messageId, token, options, payload: new Uint8Array(0) });
    const now = performance.now();
    waiting.set(messageId, { bytes, began: now, last: now });
    socket.send(bytes);
  };
  const timer = setInterval(() => {
    const now = performance.now();
    for (const one of waiting.values()) {
      if (now - one.last < patienceMs) continue;
      one.last = now;
      again += 1;
      socket.send(one.bytes);
    }
  }, 100);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (bytes) => {
      const packet = decodeCoap(bytes);
      if (!('code' in packet) || formatCode(packet.code) !== '2.05') return reject(new Error('The server does not have the resource.'));
      const one = waiting.get(packet.messageId);
      if (!one) return;
      waiting.delete(packet.messageId);
      times.push(performance.now() - one.began);
      if (times.length === calls) resolve();
      else next();
    });
    for (let n = 0; n < inFlight; n += 1) next();
  });
  const elapsedMs = performance.now() - began;
  clearInterval(timer);
  socket.close();
  return { elapsedMs, times, again };
}

parentPort?.on('message', (order: UdpOrder) => void load(order).then((result) => parentPort?.postMessage(result)));
