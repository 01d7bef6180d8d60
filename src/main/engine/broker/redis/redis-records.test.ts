import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupTable } from './group-table.ts';
import { compareLogIds } from './log-id.ts';
import {
  packDelivery,
  packLive,
  packRetained,
  packSession,
  packSubscription,
  packTravelling,
  unpackDelivery,
  unpackLive,
  unpackRetained,
  unpackSession,
  unpackSubscription,
  unpackTravelling,
  type TravellingMessage,
} from './redis-records.ts';

const packet = Buffer.of(0x30, 3, 0, 1, 0x61);
const message: TravellingMessage = {
  packet,
  publisher: null,
  expiresMs: 1_800_000_000_000,
  targets: [['$share/g/a', 'one']],
  isRedirected: false,
  passed: ['two'],
};

describe('what is kept in Redis', () => {
  it('is read as it was written', () => {
    const session = { level: 5, expirySeconds: null, disconnectedMs: 12, will: { packet, delaySeconds: 3, username: 'me' } } as const;
    expect(unpackSession(packSession({ key: 1, clientId: 'x', ...session }))).toEqual(session);
    const held = { filter: 'a/#', qos: 2, noLocal: true, retainAsPublished: false, retainHandling: 1, subscriptionIdentifier: 7 } as const;
    expect(unpackSubscription('a/#', packSubscription(held))).toEqual(held);
    const delivery = { qos: 1, retain: true, subscriptionIdentifiers: [1, 2], share: '$share/g/a', packetId: 9, released: false } as const;
    expect(unpackDelivery(packDelivery('p.1', { session: 1, key: 2, message: 3, ...delivery }))).toEqual({ uid: 'p.1', delivery });
    expect(unpackRetained(packRetained({ packet, publisher: '', expiresMs: null }))).toEqual({ packet, publisher: '', expiresMs: null });
    expect(unpackTravelling(packTravelling(message))).toEqual(message);
    expect(unpackTravelling(packTravelling(null))).toBeNull();
    expect(unpackLive(packLive('run', [message, message])).messages).toHaveLength(2);
  });

  it('is refused where somebody else has written it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const read = Buffer.from(bytes);
        for (const unpack of [unpackSession, unpackDelivery, unpackRetained, unpackTravelling, unpackLive]) {
          try {
            unpack(read);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            expect(error).not.toBeInstanceOf(TypeError);
          }
        }
      }),
    );
  });
});

it('ids of the log are compared as numbers', () => {
  expect(['10-2', '9-10', '10-10', '0-0'].toSorted(compareLogIds)).toEqual(['0-0', '9-10', '10-2', '10-10']);
});

describe('the table of groups', () => {
  const table = new GroupTable();
  table.replace('1', ['one $share/g/a/+', '1,2', 'two $share/g/a/+', '2,2', 'two $share/h/a/#', '0,1', 'damaged', '1,1']);

  it('knows which groups a topic is for, and who has members', () => {
    expect(table.matching('a/b').toSorted()).toEqual(['$share/g/a/+', '$share/h/a/#']);
    expect(table.matching('b')).toEqual([]);
    expect(table.hasOthers('$share/g/a/+', 'one')).toBe(true);
    expect(table.hasOthers('$share/h/a/#', 'two')).toBe(false);
    expect(table.hasOthers('$share/none/a', 'one')).toBe(false);
  });

  it('chooses in turn, by the number of connected members, and who is away only where nobody is there', () => {
    const chosen = Array.from({ length: 30 }, () => table.choose('$share/g/a/+'));
    expect(chosen.filter((run) => run === 'two')).toHaveLength(20);
    expect(table.choose('$share/h/a/#')).toBe('two');
    expect(table.choose('$share/g/a/+', new Set(['two']))).toBe('one');
    expect(table.choose('$share/h/a/#', new Set(['two']))).toBeNull();
  });
});
