import { describe, expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { bytesOf, wire } from './packet-samples.ts';
import { MqttProtocolError } from './protocol-error.ts';
import type { ProtocolLevel } from './packets.ts';

/** Level `null`: the bytes are the first of a client. */
type Row = readonly [clause: string, what: string, reasonCode: number, level: ProtocolLevel | null, bytes: Uint8Array, from?: 'server'];

function refusalOf(level: ProtocolLevel | null, bytes: Uint8Array, from: 'client' | 'server'): unknown {
  const decoder = new PacketDecoder({ role: from === 'server' ? 'client' : 'server', maximumPacketSize: 1_000_000, ...(level === null ? {} : { level }) });
  decoder.push(bytes);
  try {
    return decoder.next();
  } catch (error) {
    return error;
  }
}

function check(rows: readonly Row[]): void {
  test.each(rows.map((row) => [row[0], row[1], row] as const))('%s: %s', (_clause, _what, [clause, , reasonCode, level, bytes, from]) => {
    const error = refusalOf(level, bytes, from ?? 'client');
    expect(error).toBeInstanceOf(MqttProtocolError);
    expect(error).toMatchObject({ clause, reasonCode });
  });
}

const connect4 = (flags: string, rest: string): Uint8Array => wire(0x10, `'MQTT' 04 ${flags} 003c ${rest}`);
const connect5 = (flags: string, rest: string): Uint8Array => wire(0x10, `'MQTT' 05 ${flags} 003c ${rest}`);

describe('the fixed header', () => {
  check([
    ['MQTT-3.1.0-1', 'PUBLISH before CONNECT', 0x82, null, wire(0x30, "'a'")],
    ['MQTT-3.1.0-1', 'packet type 0 before CONNECT', 0x82, null, bytesOf('00 00')],
    ['MQTT-3.1.0-1', 'AUTH before CONNECT', 0x82, null, bytesOf('f0 00')],
    ['MQTT-3.1.0-2', 'a second CONNECT', 0x82, 4, connect4('02', "'a'")],
    ['§2.2.1', 'packet type 0', 0x81, 4, bytesOf('00 00')],
    ['§2.1.2', 'packet type 0 in MQTT 5', 0x81, 5, bytesOf('00 00')],
    ['§2.2.1', 'AUTH in 3.1.1', 0x81, 4, bytesOf('f0 00')],
    ['§2.2.1', 'AUTH in 3.1', 0x81, 3, bytesOf('f0 00')],
    ['§2.2.1', 'CONNACK of a client', 0x82, 4, bytesOf('20 02 0000')],
    ['§2.1.2', 'SUBACK of a client', 0x82, 5, bytesOf('90 04 0001 00 00')],
    ['§2.1.2', 'UNSUBACK of a client', 0x82, 5, bytesOf('b0 04 0001 00 00')],
    ['§2.1.2', 'PINGRESP of a client', 0x82, 5, bytesOf('d0 00')],
    ['§2.2.1', 'CONNECT of a server', 0x82, 4, connect4('02', "'a'"), 'server'],
    ['§2.2.1', 'SUBSCRIBE of a server', 0x82, 4, wire(0x82, "0001 'a' 00"), 'server'],
    ['§2.1.2', 'UNSUBSCRIBE of a server', 0x82, 5, wire(0xa2, "0001 00 'a'"), 'server'],
    ['§2.1.2', 'PINGREQ of a server', 0x82, 5, bytesOf('c0 00'), 'server'],
    ['§2.2.1', 'DISCONNECT of a server before MQTT 5', 0x82, 4, bytesOf('e0 00'), 'server'],
    ['MQTT-2.2.2-2', 'flags of PINGREQ', 0x81, 4, bytesOf('c1 00')],
    ['MQTT-2.1.3-1', 'flags of PINGREQ in MQTT 5', 0x81, 5, bytesOf('c8 00')],
    ['MQTT-2.2.2-2', 'flags of PUBACK', 0x81, 4, bytesOf('42 02 0001')],
    ['MQTT-2.1.3-1', 'flags of PUBREC', 0x81, 5, bytesOf('54 02 0001')],
    ['MQTT-2.1.3-1', 'flags of PUBCOMP', 0x81, 5, bytesOf('71 02 0001')],
    ['MQTT-2.2.2-2', 'flags of PUBACK in 3.1', 0x81, 3, bytesOf('48 02 0001')],
    ['MQTT-2.2.2-2', 'flags of CONNECT', 0x81, null, wire(0x18, "'MQTT' 04 02 003c 'a'")],
    ['MQTT-2.1.3-1', 'flags of CONNECT in MQTT 5', 0x81, null, wire(0x11, "'MQTT' 05 02 003c 00 'a'")],
    ['MQTT-2.2.2-2', 'flags of CONNACK', 0x81, 4, bytesOf('21 02 0000'), 'server'],
    ['MQTT-2.1.3-1', 'flags of SUBACK', 0x81, 5, bytesOf('92 04 0001 00 00'), 'server'],
    ['MQTT-3.6.1-1', 'PUBREL without its flag', 0x81, 4, bytesOf('60 02 0001')],
    ['MQTT-3.6.1-1', 'PUBREL with DUP', 0x81, 5, bytesOf('6a 02 0001')],
    ['MQTT-3.8.1-1', 'SUBSCRIBE without its flag', 0x81, 4, wire(0x80, "0001 'a' 00")],
    ['MQTT-3.8.1-1', 'SUBSCRIBE with one flag more', 0x81, 5, wire(0x83, "0001 00 'a' 00")],
    ['MQTT-3.10.1-1', 'UNSUBSCRIBE without its flag', 0x81, 4, wire(0xa0, "0001 'a'")],
    ['MQTT-3.14.1-1', 'flags of DISCONNECT', 0x81, 4, bytesOf('e1 00')],
    ['MQTT-3.15.1-1', 'flags of AUTH', 0x81, 5, bytesOf('f4 00')],
    ['§2.2.3', 'a remaining length of five bytes', 0x81, 4, bytesOf('30 80 80 80 80 01')],
    ['§1.5.5', 'a remaining length of five bytes in MQTT 5', 0x81, 5, bytesOf('30 ff ff ff ff')],
    ['§2.2.3', 'a remaining length of five bytes before CONNECT', 0x81, null, bytesOf('10 80 80 80 80 01')],
    ['MQTT-1.5.5-1', 'a remaining length that is longer than needed', 0x81, 5, bytesOf('c0 80 00')],
    ['MQTT-1.5.5-1', 'the same in the CONNECT that asks for MQTT 5', 0x81, null, bytesOf("10 8e 00 'MQTT' 05 02 003c 00 'a'")],
    ['§4.8', 'a longer PINGREQ', 0x81, 4, bytesOf('c0 01 00')],
    ['§4.13', 'a longer PINGRESP', 0x81, 5, bytesOf('d0 01 00'), 'server'],
  ]);
  test('§2.2.3: the largest remaining length is not too long, only too large for this decoder', () => {
    expect(refusalOf(4, bytesOf('30 ff ff ff 7f'), 'client')).toMatchObject({ reasonCode: 0x95 });
  });
});

describe('text', () => {
  check([
    ['MQTT-1.5.3-1', 'a topic that is cut within a character', 0x81, 4, wire(0x30, '0002 61c3')],
    ['MQTT-1.5.4-1', 'the same in MQTT 5', 0x81, 5, wire(0x30, '0002 61c3 00')],
    ['MQTT-1.5.4-1', 'an overlong slash in a topic', 0x81, 5, wire(0x30, '0003 61c0af 00')],
    ['MQTT-1.5.3-1', 'a surrogate in a filter', 0x81, 4, wire(0x82, '0001 0004 61eda080 00')],
    ['MQTT-1.5.4-1', 'a code point above U+10FFFF in a client identifier', 0x81, null, connect5('02', '00 0004 f4908080')],
    ['MQTT-1.5.3-1', 'a stray continuation byte in a user name', 0x81, null, connect4('82', "'a' 0001 80")],
    ['MQTT-1.5.3-1', 'a bad will topic', 0x81, null, connect4('06', "'a' 0001 ff 'x'")],
    ['MQTT-1.5.4-1', 'a bad user property', 0x81, 5, wire(0x30, "'a' 08 26 'k' 0002 c328")],
    ['MQTT-1.5.3-2', 'U+0000 in a topic', 0x81, 4, wire(0x30, '0003 610062')],
    ['MQTT-1.5.4-2', 'U+0000 in a reason string', 0x81, 5, wire(0x40, '0001 00 04 1f 0001 00')],
    ['§1.5.3', 'a control character in a topic', 0x81, 4, wire(0x30, '0001 1f')],
    ['§1.5.4', 'U+007F in a filter', 0x81, 5, wire(0xa2, '0001 00 0001 7f')],
    ['§1.5.4', 'U+0080 in a content type', 0x81, 5, wire(0x30, "'a' 05 03 0002 c280")],
    ['§1.5.4', 'U+FFFF in a client identifier', 0x81, null, connect5('02', '00 0003 efbfbf')],
  ]);
  test('a byte order mark is kept [MQTT-1.5.4-3]', () => {
    expect(refusalOf(4, wire(0x30, '0004 efbbbf61'), 'client')).toMatchObject({ topic: '\ufeffa' });
  });
  test('control characters pass where the decoder is told so, U+0000 never', () => {
    const decoder = new PacketDecoder({ role: 'client', level: 4, maximumPacketSize: 1000, controlCharacters: 'accept' });
    decoder.push(wire(0x30, '0006 611f7fefbfbf'));
    expect(decoder.next()).toMatchObject({ topic: 'a\u001f\u007f\uffff' });
    decoder.push(wire(0x30, '0002 6100'));
    expect(() => decoder.next()).toThrow('MQTT-1.5.3-2');
  });
});

describe('CONNECT', () => {
  check([
    ['MQTT-3.1.2-1', 'another protocol name', 0x84, null, wire(0x10, "'MQTU' 04 02 003c 'a'")],
    ['MQTT-3.1.2-1', 'an empty protocol name', 0x84, null, wire(0x10, "'' 04 02 003c 'a'")],
    ['MQTT-3.1.2-2', 'level 6', 0x84, null, wire(0x10, "'MQTT' 06 02 003c 00 'a'")],
    ['MQTT-3.1.2-2', 'level 2', 0x84, null, wire(0x10, "'MQIsdp' 02 02 003c 'a'")],
    ['MQTT-3.1.2-2', 'the name of 3.1 with the level of 3.1.1', 0x84, null, wire(0x10, "'MQIsdp' 04 02 003c 'a'")],
    ['MQTT-3.1.2-2', 'the name of 3.1.1 with the level of 3.1', 0x84, null, wire(0x10, "'MQTT' 03 02 003c 'a'")],
    ['MQTT-3.1.2-2', 'a bridge mark in MQTT 5', 0x84, null, wire(0x10, "'MQTT' 85 02 003c 00 'a'")],
    ['MQTT-3.1.2-3', 'the reserved flag', 0x81, null, connect4('03', "'a'")],
    ['MQTT-3.1.2-3', 'the reserved flag in MQTT 5', 0x81, null, connect5('03', "00 'a'")],
    ['MQTT-3.1.2-13', 'a will QoS without a will', 0x81, null, connect4('0a', "'a'")],
    ['MQTT-3.1.2-11', 'a will QoS without a will in MQTT 5', 0x81, null, connect5('0a', "00 'a'")],
    ['MQTT-3.1.2-15', 'a will retain flag without a will', 0x81, null, connect4('22', "'a'")],
    ['MQTT-3.1.2-13', 'a will retain flag without a will in MQTT 5', 0x81, null, connect5('22', "00 'a'")],
    ['MQTT-3.1.2-14', 'a will of QoS 3', 0x81, null, connect4('1e', "'a' 't' 'm'")],
    ['MQTT-3.1.2-12', 'a will of QoS 3 in MQTT 5', 0x81, null, connect5('1e', "00 'a' 00 't' 'm'")],
    ['MQTT-3.1.2-14', 'a will of QoS 3 in 3.1', 0x81, null, wire(0x10, "'MQIsdp' 03 1e 003c 'a' 't' 'm'")],
    ['MQTT-3.1.2-22', 'a password without a user name', 0x81, null, connect4('42', "'a' 'secret'")],
    ['MQTT-3.1.2-22', 'a password without a user name in 3.1', 0x81, null, wire(0x10, "'MQIsdp' 03 42 003c 'a' 'secret'")],
    ['MQTT-4.7.3-1', 'an empty will topic', 0x81, null, connect4('06', "'a' '' 'm'")],
    ['MQTT-4.7.1-1', 'a wildcard in the will topic', 0x81, null, connect4('06', "'a' 't/#' 'm'")],
    ['MQTT-4.7.0-1', 'a wildcard in the will topic in MQTT 5', 0x81, null, connect5('06', "00 'a' 00 '+' 'm'")],
    ['§4.8', 'nothing at all', 0x81, null, bytesOf('10 00')],
    ['§4.8', 'an end within the protocol name', 0x81, null, wire(0x10, '0004 4d51')],
    ['§4.8', 'an end before the level', 0x81, null, wire(0x10, "'MQTT'")],
    ['§4.8', 'an end before the flags', 0x81, null, wire(0x10, "'MQTT' 04")],
    ['§4.8', 'an end within the keep alive', 0x81, null, wire(0x10, "'MQTT' 04 02 00")],
    ['§4.13', 'an end before the properties', 0x81, null, wire(0x10, "'MQTT' 05 02 003c")],
    ['§4.8', 'an end before the client identifier', 0x81, null, connect4('02', '')],
    ['§4.8', 'an end before the will topic', 0x81, null, connect4('06', "'a'")],
    ['§4.8', 'an end before the will payload', 0x81, null, connect4('06', "'a' 't'")],
    ['§4.8', 'an end before the user name', 0x81, null, connect4('82', "'a'")],
    ['§4.13', 'an end before the password', 0x81, null, connect5('c2', "00 'a' 'u'")],
    ['§4.8', 'a user name without its flag', 0x81, null, connect4('02', "'a' 'u'")],
    ['§4.8', 'a password without its flag', 0x81, null, connect4('82', "'a' 'u' 'p'")],
    ['§3.1.2.11.10', 'Authentication Data without its method', 0x82, null, connect5('02', "04 16 'x' 'a'")],
  ]);
  test.each([
    ["'MQTT' 06", 6],
    ["'MQIsdp' 04", 4],
    ["'MQTT' 00", 0],
    ["'MQTT' 85", 0x85],
  ])('%s tells the level it asks for, to be answered', (start, offeredLevel) => {
    expect(refusalOf(null, wire(0x10, `${start} 02 003c 'a'`), 'client')).toMatchObject({ offeredLevel });
  });
  test('another protocol name tells no level, so that nothing answers it', () => {
    expect(refusalOf(null, wire(0x10, "'HTTP' 04 02 003c 'a'"), 'client')).toMatchObject({ offeredLevel: null });
  });
  test('bridges mark themselves in 3.1 and 3.1.1', () => {
    expect(refusalOf(null, wire(0x10, "'MQIsdp' 83 02 003c 'a'"), 'client')).toMatchObject({ level: 3, bridge: true });
    expect(refusalOf(null, wire(0x10, "'MQTT' 84 02 003c 'a'"), 'client')).toMatchObject({ level: 4, bridge: true });
  });
  test('the level is known although the rest is refused', () => {
    const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 100 });
    decoder.push(connect5('03', "00 'a'"));
    expect(() => decoder.next()).toThrow('reserved');
    expect(decoder.level).toBe(5);
  });
  test('MQTT 5 allows a password without a user name', () => {
    expect(refusalOf(null, connect5('42', "00 'a' 'p'"), 'client')).toMatchObject({ username: null, password: bytesOf('=p') });
  });
});

describe('CONNACK', () => {
  check([
    ['§3.2.2.1', 'a reserved flag', 0x81, 4, bytesOf('20 02 02 00'), 'server'],
    ['MQTT-3.2.2-1', 'a reserved flag in MQTT 5', 0x81, 5, bytesOf('20 03 80 00 00'), 'server'],
    ['MQTT-3.2.2-4', 'Session Present with a refusal', 0x82, 4, bytesOf('20 02 01 05'), 'server'],
    ['MQTT-3.2.2-6', 'Session Present with a refusal in MQTT 5', 0x82, 5, bytesOf('20 03 01 87 00'), 'server'],
    ['§3.2.2.3', 'a return code above 5', 0x82, 4, bytesOf('20 02 00 06'), 'server'],
    ['MQTT-3.2.2-8', 'a reason code of another packet', 0x82, 5, bytesOf('20 03 00 8e 00'), 'server'],
    ['§4.8', 'one byte too few', 0x81, 4, bytesOf('20 01 00'), 'server'],
    ['§4.8', 'one byte too many', 0x81, 4, bytesOf('20 03 00 00 00'), 'server'],
    ['§4.13', 'no property length', 0x81, 5, bytesOf('20 02 00 00'), 'server'],
  ]);
  test('3.1 does not use the first byte', () => {
    expect(refusalOf(3, bytesOf('20 02 ff 00'), 'server')).toEqual({ type: 'connack', sessionPresent: false, code: 0, properties: null });
  });
});

describe('PUBLISH', () => {
  check([
    ['MQTT-3.3.1-4', 'QoS 3', 0x81, 4, wire(0x36, "'a' 0001")],
    ['MQTT-3.3.1-4', 'QoS 3 in MQTT 5', 0x81, 5, wire(0x36, "'a' 0001 00")],
    ['MQTT-3.3.1-2', 'DUP with QoS 0', 0x81, 4, wire(0x38, "'a'")],
    ['MQTT-3.3.2-2', 'the topic a/+', 0x81, 4, wire(0x30, "'a/+'")],
    ['MQTT-3.3.2-2', 'the topic #', 0x81, 5, wire(0x30, "'#' 00")],
    ['MQTT-4.7.3-1', 'an empty topic', 0x81, 4, wire(0x30, "''")],
    ['§3.3.2.1', 'neither a topic nor an alias', 0x82, 5, wire(0x30, "'' 00")],
    ['§3.3.2.1', 'neither a topic nor an alias, but other properties', 0x82, 5, wire(0x30, "'' 02 01 01")],
    ['MQTT-2.3.1-1', 'packet identifier 0', 0x82, 4, wire(0x32, "'a' 0000")],
    ['MQTT-2.2.1-3', 'packet identifier 0 in MQTT 5', 0x82, 5, wire(0x34, "'a' 0000 00")],
    ['MQTT-2.2.1-4', 'packet identifier 0 of a server', 0x82, 5, wire(0x34, "'a' 0000 00"), 'server'],
    ['MQTT-3.3.2-8', 'topic alias 0', 0x82, 5, wire(0x30, "'a' 03 23 0000")],
    ['MQTT-3.3.4-6', 'a subscription identifier of a client', 0x82, 5, wire(0x30, "'a' 02 0b 01")],
    ['MQTT-3.3.2-14', 'a wildcard in the response topic', 0x82, 5, wire(0x30, "'a' 06 08 'r/#'")],
    ['MQTT-4.7.3-1', 'an empty response topic', 0x82, 5, wire(0x30, "'a' 03 08 ''")],
    ['§4.8', 'an end before the topic', 0x81, 4, bytesOf('30 01 00')],
    ['§4.8', 'an end within the topic', 0x81, 4, bytesOf('30 03 0005 61')],
    ['§4.8', 'an end within the packet identifier', 0x81, 4, wire(0x32, "'a' 00")],
    ['§4.13', 'an end before the properties', 0x81, 5, wire(0x30, "'a'")],
  ]);
  test('a server may send several subscription identifiers', () => {
    expect(refusalOf(5, wire(0x30, "'a' 05 0b 01 0b 8001"), 'server')).toMatchObject({ properties: { subscriptionIdentifiers: [1, 128] } });
  });
});

describe('PUBACK, PUBREC, PUBREL and PUBCOMP', () => {
  check([
    ['MQTT-2.3.1-6', 'packet identifier 0', 0x82, 4, bytesOf('40 02 0000')],
    ['MQTT-2.2.1-5', 'packet identifier 0 in MQTT 5', 0x82, 5, bytesOf('50 02 0000')],
    ['§4.8', 'nothing', 0x81, 4, bytesOf('40 00')],
    ['§4.8', 'half a packet identifier', 0x81, 4, bytesOf('62 01 00')],
    ['§4.8', 'a reason code before MQTT 5', 0x81, 4, bytesOf('70 03 0001 00')],
    ['§4.13', 'bytes behind the properties', 0x81, 5, bytesOf('40 05 0001 00 00 00')],
    ['MQTT-3.4.2-1', 'a PUBACK with a code of PUBREL', 0x82, 5, bytesOf('40 03 0001 92')],
    ['MQTT-3.5.2-1', 'a PUBREC with a code nobody knows', 0x82, 5, bytesOf('50 03 0001 ff')],
    ['MQTT-3.6.2-1', 'a PUBREL with a code of PUBACK', 0x82, 5, bytesOf('62 03 0001 80')],
    ['MQTT-3.7.2-1', 'a PUBCOMP with a code of PUBACK', 0x82, 5, bytesOf('70 03 0001 10')],
  ]);
});

describe('SUBSCRIBE', () => {
  check([
    ['MQTT-2.3.1-1', 'packet identifier 0', 0x82, 4, wire(0x82, "0000 'a' 00")],
    ['MQTT-2.2.1-3', 'packet identifier 0 in MQTT 5', 0x82, 5, wire(0x82, "0000 00 'a' 00")],
    ['MQTT-3.8.3-3', 'no filter', 0x82, 4, bytesOf('82 02 0001')],
    ['MQTT-3.8.3-2', 'no filter in MQTT 5', 0x82, 5, bytesOf('82 03 0001 00')],
    ['MQTT-3.8.3-4', 'QoS 3', 0x81, 4, wire(0x82, "0001 'a' 03")],
    ['MQTT-3.8.3-4', 'reserved bits', 0x81, 4, wire(0x82, "0001 'a' 04")],
    ['MQTT-3.8.3-4', 'reserved bits in 3.1', 0x81, 3, wire(0x82, "0001 'a' 80")],
    ['§3.8.3.1', 'QoS 3 in MQTT 5', 0x82, 5, wire(0x82, "0001 00 'a' 03")],
    ['§3.8.3.1', 'Retain Handling 3', 0x82, 5, wire(0x82, "0001 00 'a' 30")],
    ['MQTT-3.8.3-5', 'a reserved option', 0x81, 5, wire(0x82, "0001 00 'a' 40")],
    ['MQTT-3.8.3-4', 'No Local on a shared subscription', 0x82, 5, wire(0x82, "0001 00 '$share/g/a' 04")],
    ['MQTT-4.7.3-1', 'an empty filter', 0x81, 4, wire(0x82, "0001 '' 00")],
    ['MQTT-4.7.1-2', 'a#', 0x81, 4, wire(0x82, "0001 'a#' 00")],
    ['MQTT-4.7.1-2', '#/a', 0x81, 4, wire(0x82, "0001 '#/a' 00")],
    ['MQTT-4.7.1-1', 'a/#/b in MQTT 5', 0x81, 5, wire(0x82, "0001 00 'a/#/b' 00")],
    ['MQTT-4.7.1-1', 'a/#b in MQTT 5', 0x81, 5, wire(0x82, "0001 00 'a/#b' 00")],
    ['MQTT-4.7.1-1', '## in MQTT 5', 0x81, 5, wire(0x82, "0001 00 '##' 00")],
    ['MQTT-4.7.1-3', '+a', 0x81, 4, wire(0x82, "0001 '+a' 00")],
    ['MQTT-4.7.1-3', 'a+/b', 0x81, 3, wire(0x82, "0001 'a+/b' 00")],
    ['MQTT-4.7.1-2', 'a/b+ in MQTT 5', 0x81, 5, wire(0x82, "0001 00 'a/b+' 00")],
    ['MQTT-4.7.1-2', '++ in MQTT 5', 0x81, 5, wire(0x82, "0001 00 '++' 00")],
    ['MQTT-4.8.2-1', '$share//a', 0x81, 5, wire(0x82, "0001 00 '$share//a' 00")],
    ['MQTT-4.8.2-2', '$share/g', 0x81, 5, wire(0x82, "0001 00 '$share/g' 00")],
    ['MQTT-4.8.2-2', '$share/g/', 0x81, 5, wire(0x82, "0001 00 '$share/g/' 00")],
    ['MQTT-4.8.2-2', '$share/+/a', 0x81, 5, wire(0x82, "0001 00 '$share/+/a' 00")],
    ['MQTT-4.8.2-2', '$share/g#/a', 0x81, 5, wire(0x82, "0001 00 '$share/g#/a' 00")],
    ['MQTT-4.7.1-1', '$share/g/a#', 0x81, 5, wire(0x82, "0001 00 '$share/g/a#' 00")],
    ['MQTT-4.7.1-2', '$share/g/+a', 0x81, 5, wire(0x82, "0001 00 '$share/g/+a' 00")],
    ['§4.8', 'an end within the filter', 0x81, 4, bytesOf('82 05 0001 0004 61')],
    ['§4.8', 'an end before the options', 0x81, 4, wire(0x82, "0001 'a'")],
    ['§4.8', 'an end before the options of the second filter', 0x81, 4, wire(0x82, "0001 'a' 00 'b'")],
    ['§3.8.2.1.2', 'subscription identifier 0', 0x82, 5, wire(0x82, "0001 02 0b00 'a' 00")],
    ['§2.2.2.2', 'two subscription identifiers', 0x82, 5, wire(0x82, "0001 04 0b01 0b02 'a' 00")],
  ]);
  test.each(['#', '+', '/', '+/+', 'a/+/b', 'a/#', '/#', '+/#', '$share', '$share/g/#', '$share/g/+', '$share/g//', '$shared/#', '$SYS/#'])(
    '%s is a filter',
    (filter) => {
      expect(refusalOf(5, wire(0x82, `0001 00 '${filter}' 01`), 'client')).toMatchObject({ subscriptions: [{ filter }] });
      expect(refusalOf(4, wire(0x82, `0001 '${filter}' 01`), 'client')).toMatchObject({ subscriptions: [{ filter }] });
    },
  );
});

describe('SUBACK and UNSUBACK', () => {
  check([
    ['MQTT-2.3.1-7', 'packet identifier 0', 0x82, 4, bytesOf('90 03 0000 00'), 'server'],
    ['MQTT-2.2.1-6', 'packet identifier 0 in MQTT 5', 0x82, 5, bytesOf('b0 04 0000 00 00'), 'server'],
    ['MQTT-3.9.3-2', 'return code 3', 0x82, 4, bytesOf('90 03 0001 03'), 'server'],
    ['MQTT-3.9.3-2', 'a reason code of MQTT 5', 0x82, 4, bytesOf('90 03 0001 87'), 'server'],
    ['MQTT-3.9.3-2', 'a reason code of another packet', 0x82, 5, bytesOf('90 05 0001 00 00 11'), 'server'],
    ['MQTT-3.11.3-2', 'a granted QoS', 0x82, 5, bytesOf('b0 04 0001 00 01'), 'server'],
    ['MQTT-3.9.3-2', 'no code', 0x81, 4, bytesOf('90 02 0001'), 'server'],
    ['MQTT-3.11.3-2', 'no code in UNSUBACK', 0x81, 5, bytesOf('b0 03 0001 00'), 'server'],
    ['§4.8', 'a code in UNSUBACK before MQTT 5', 0x81, 4, bytesOf('b0 03 0001 00'), 'server'],
  ]);
});

describe('UNSUBSCRIBE', () => {
  check([
    ['MQTT-2.3.1-1', 'packet identifier 0', 0x82, 4, wire(0xa2, "0000 'a'")],
    ['MQTT-3.10.3-2', 'no filter', 0x82, 4, bytesOf('a2 02 0001')],
    ['MQTT-3.10.3-2', 'no filter in MQTT 5', 0x82, 5, bytesOf('a2 03 0001 00')],
    ['MQTT-4.7.3-1', 'an empty filter', 0x81, 4, wire(0xa2, "0001 ''")],
    ['MQTT-4.7.1-3', 'ab/+e', 0x81, 4, wire(0xa2, "0001 'ab/+e'")],
    ['§4.8', 'an end within the second filter', 0x81, 4, wire(0xa2, "0001 'a' 0002 62")],
  ]);
});

describe('DISCONNECT and AUTH', () => {
  check([
    ['§4.8', 'a reason code before MQTT 5', 0x81, 4, bytesOf('e0 01 00')],
    ['MQTT-3.14.2-1', 'a reason code nobody knows', 0x82, 5, bytesOf('e0 01 05')],
    ['MQTT-3.14.2-2', 'a session expiry of a server', 0x82, 5, bytesOf('e0 07 00 05 11 00000001'), 'server'],
    ['§4.13', 'bytes behind the properties', 0x81, 5, bytesOf('e0 03 00 00 00')],
    ['§2.2.2.1', 'properties longer than the packet', 0x81, 5, bytesOf('e0 02 00 01')],
    ['MQTT-3.15.2-1', 'a reason code nobody knows in AUTH', 0x82, 5, bytesOf('f0 02 01 00')],
    ['§3.15.2.2.2', 'AUTH without a method', 0x82, 5, bytesOf('f0 02 18 00')],
    ['§4.13', 'AUTH without a property length', 0x81, 5, bytesOf('f0 01 18')],
  ]);
  test('AUTH may be empty for success (§3.15.2.1)', () => {
    expect(refusalOf(5, bytesOf('f0 00'), 'server')).toEqual({ type: 'auth', code: 0, properties: null });
  });
});
