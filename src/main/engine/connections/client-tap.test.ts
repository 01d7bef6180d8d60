import { expect, test } from 'vitest';
import type { TappedConnection, TappedPacket } from '../../../shared/messages/tapped-packet.ts';
import { encodePacket, publishHeader } from '../../../shared/mqtt/packet/encoder.ts';
import { ClientTap } from './client-tap.ts';

test('shows the packets of a client as its broker sees them, over several connections', () => {
  let time = 0;
  const tap = new ClientTap(() => (time += 1));
  const shown: TappedPacket[] = [];
  const firsts: (TappedConnection | null)[] = [];
  tap.begin('early', 4, 'tcp');
  tap.packet('out', Uint8Array.of(0xc0, 0));
  const stop = tap.follow((packet, first) => {
    shown.push({ ...packet, bytes: Uint8Array.from(packet.bytes) });
    firsts.push(first);
  });
  const fields = { topic: 't', payload: new Uint8Array(5000).fill(1), qos: 1, retain: false, dup: false, properties: null, packetId: 3 } as const;
  tap.packet('in', Uint8Array.of(0xd0, 0));
  // A large payload follows its header in a call of its own.
  tap.packet('out', publishHeader(4, fields).bytes);
  tap.packet('out', fields.payload);
  tap.packet('out', Uint8Array.of(0xe0, 0));
  tap.ended({ kind: 'asked' });
  tap.begin('later', 5, 'wss');
  tap.packet('in', Uint8Array.of(0xd0, 0));
  tap.ended({ kind: 'error', error: new Error('read ECONNRESET') });
  stop();
  tap.packet('in', Uint8Array.of(0xd0, 0));
  expect(
    shown.map(({ connection, clientId, direction, level, bytes, end }) => `${connection} ${clientId} ${direction} ${level} ${end ?? bytes.length}`),
  ).toEqual([
    '1 early out 4 2',
    '1 early in 4 5008',
    '1 early in 4 2',
    '1 early in 4 The workbench ended the connection.',
    '2 later out 5 2',
    '2 later out 5 The connection was lost: read ECONNRESET',
  ]);
  expect(shown[1]?.bytes).toEqual(encodePacket({ type: 'publish', ...fields }, 4));
  expect(firsts.map((first) => first && `${first.connection} ${first.transport}`)).toEqual(['1 tcp', null, null, null, '2 wss', null]);
});
