import { describe, expect, it } from 'vitest';
import { blockSizes, decodeBlock, encodeBlock, formatBlock, parseBlock } from './block.ts';
import { contentFormatName, contentFormats, contentKind } from './content-formats.ts';
import { decodeCoap } from './decode.ts';
import { encodeCoap } from './encode.ts';
import { formatLinkFormat, linkAttribute, parseLinkFormat } from './link-format.ts';
import { blockOption, decodeUint, encodeUint, formatOptionValue, lengthProblem, optionValues, parseOptionValue, uintOption } from './option-value.ts';
import { findOption, findOptionByName, isCritical, isNoCacheKey, isUnsafe, optionDefinitions } from './options.ts';
import { codeTitle, formatCode, isRequestCode, isResponseCode, methodCodes, methodOf, parseCode, type CoapPacket, type CoapType } from './packet.ts';
import { formatCoapUri, parseCoapUri } from './uri.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const none = new Uint8Array(0);
const message = (more: Partial<CoapPacket> = {}): CoapPacket => ({ type: 'CON', code: 1, messageId: 1, token: none, options: [], payload: none, ...more });
const plain = (packet: CoapPacket): unknown => ({
  ...packet,
  token: [...packet.token],
  payload: [...packet.payload],
  options: packet.options.map(({ number, value }) => [number, [...value]]),
});
const decoded = (data: Uint8Array): CoapPacket => {
  const packet = decodeCoap(data);
  if ('problem' in packet) throw new Error(packet.problem);
  return packet;
};

describe('messages', () => {
  it.each([
    // RFC 7252 appendix A: figures 16, 19 and 21.
    ['a request', '40 01 7d34 bb 74656d7065726174757265', message({ messageId: 0x7d34, options: [{ number: 11, value: bytes('temperature') }] })],
    ['a piggybacked response', '60 45 7d34 ff 32322e332043', message({ type: 'ACK', code: 0x45, messageId: 0x7d34, payload: bytes('22.3 C') })],
    [
      'a non-confirmable request with a token',
      '51 01 7d38 20 bb 74656d7065726174757265',
      message({ type: 'NON', messageId: 0x7d38, token: hex('20'), options: [{ number: 11, value: bytes('temperature') }] }),
    ],
    ['an empty acknowledgement', '60 00 7d38', message({ type: 'ACK', code: 0, messageId: 0x7d38 })],
    ['a reset', '70 00 ffff', message({ type: 'RST', code: 0, messageId: 0xffff })],
    [
      'options whose numbers and lengths need more bytes',
      `40 01 0001 dd 03 00 ${'61'.repeat(13)} e1 0001 05`,
      message({
        options: [
          { number: 16, value: bytes('a'.repeat(13)) },
          { number: 16 + 270, value: hex('05') },
        ],
      }),
    ],
  ])('are written and read as the specification does: %s', (_name, text, packet) => {
    expect(Buffer.from(encodeCoap(packet)).toString('hex')).toBe(text.replaceAll(' ', ''));
    expect(plain(decoded(hex(text)))).toEqual(plain(packet));
  });

  it('come back as they were, whatever is in them', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const data = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));
    const lengths = [0, 1, 12, 13, 14, 268, 269, 300];
    for (let round = 0; round < 500; round += 1) {
      const packet = message({
        type: (['CON', 'NON', 'ACK', 'RST'] as const)[random(4)] as CoapType,
        code: 1 + random(255),
        messageId: random(65_536),
        token: data(random(9)),
        options: Array.from({ length: random(6) }, () => ({
          number: random(3) === 0 ? random(65_536) : random(60),
          value: data(lengths[random(lengths.length)] as number),
        })).toSorted((a, b) => a.number - b.number),
        payload: data(random(40)),
      });
      expect(plain(decoded(encodeCoap(packet)))).toEqual(plain(packet));
    }
  });

  it('have their options sorted, those of one number in their order', () => {
    const options = [
      { number: 15, value: bytes('q') },
      { number: 11, value: bytes('a') },
      { number: 11, value: bytes('b') },
    ];
    expect(decoded(encodeCoap(message({ options }))).options.map(({ number, value }) => [number, new TextDecoder().decode(value)])).toEqual([
      [11, 'a'],
      [11, 'b'],
      [15, 'q'],
    ]);
  });

  it.each([
    ['40', null, '4 bytes'],
    ['', null, '4 bytes'],
    ['00 01 0001', null, 'version is 0'],
    ['c0 01 0001', null, 'version is 3'],
    ['49 01 0001 000000000000000000', 'CON', '9 to 15 are reserved'],
    ['42 01 0001 20', 'CON', 'within its token'],
    ['41 00 0001 20', 'CON', 'empty message'],
    ['60 00 0001 ff', 'ACK', 'empty message'],
    ['50 01 0001 ff', 'NON', 'without a payload'],
    ['40 01 0001 f0', 'CON', 'reserved delta'],
    ['40 01 0001 0f', 'CON', 'reserved delta'],
    ['40 01 0001 b3 61', 'CON', 'within an option'],
    ['40 01 0001 d0', 'CON', 'within an option'],
    ['40 01 0001 0e ff', 'CON', 'within an option'],
    ['40 01 0001 e0 fef2 e0 fef2', 'CON', 'above 65,535'],
  ])('that are malformed say why: %s', (text, type, problem) => {
    const packet = decodeCoap(hex(text));
    if (!('problem' in packet)) throw new Error('taken');
    expect(packet.problem).toContain(problem);
    expect(packet.header?.type ?? null).toBe(type);
    expect(packet.otherVersion ?? false).toBe(problem.startsWith('version'));
  });

  it('are read whole or not at all, wherever they are cut or damaged', () => {
    const whole = encodeCoap(
      message({
        token: hex('0102'),
        options: [
          { number: 11, value: bytes('a'.repeat(20)) },
          { number: 300, value: none },
        ],
        payload: bytes('payload'),
      }),
    );
    for (let length = 0; length < whole.length; length += 1) expect(() => decodeCoap(whole.subarray(0, length))).not.toThrow();
    for (let at = 0; at < whole.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const damaged = Uint8Array.from(whole);
        damaged[at] = (damaged[at] as number) ^ (1 << bit);
        expect(() => decodeCoap(damaged)).not.toThrow();
      }
    }
  });

  it.each([
    [{ token: new Uint8Array(9) }, 'at most 8 bytes'],
    [{ messageId: 65_536 }, 'message id'],
    [{ code: 0, payload: hex('01') }, 'empty message'],
    [{ options: [{ number: 65_536, value: none }] }, 'no number'],
    [{ options: [{ number: 1, value: new Uint8Array(65_805) }] }, 'more than can be written'],
  ])('that cannot be are not written: %j', (more, problem) => {
    expect(() => encodeCoap(message(more))).toThrow(problem);
  });
});

describe('codes', () => {
  it('are shown with a dot', () => {
    expect([
      formatCode(0x45),
      formatCode(0),
      formatCode(0xa0),
      parseCode('2.05'),
      parseCode('4.31'),
      parseCode('4.32'),
      parseCode('2.5'),
      parseCode('8.00'),
    ]).toEqual(['2.05', '0.00', '5.00', 0x45, 0x9f, null, null, null]);
  });

  it('are of a request, of a response, or of neither', () => {
    expect(Object.entries(methodCodes).every(([name, code]) => methodOf(code) === name && isRequestCode(code))).toBe(true);
    expect([0x45, 0x84, 0xa0, 0x60, 0xe0, 0].map(isResponseCode)).toEqual([true, true, true, false, false, false]);
    expect([codeTitle(1), codeTitle(0x45), codeTitle(0x5f), codeTitle(0x5e)]).toEqual(['GET', 'Content', 'Continue', null]);
  });
});

describe('options', () => {
  it('are critical when their number is odd (§5.4.1), unsafe (§5.4.2) and outside the cache key (§5.4.6) by their bits', () => {
    const named = (name: string): number => findOptionByName(name)?.number ?? -1;
    expect(['If-Match', 'Uri-Host', 'ETag', 'Observe', 'Content-Format', 'Block2'].map((name) => isCritical(named(name)))).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(['Uri-Path', 'Max-Age', 'ETag', 'Size1'].map((name) => isUnsafe(named(name)))).toEqual([true, true, false, false]);
    expect(['Size1', 'Size2', 'ETag'].map((name) => isNoCacheKey(named(name)))).toEqual([true, true, false]);
  });

  it('are found by number and by name, each once', () => {
    for (const definition of optionDefinitions) {
      expect(findOption(definition.number)).toBe(definition);
      expect(findOptionByName(definition.name.toUpperCase())).toBe(definition);
    }
    expect(findOption(2)).toBeUndefined();
  });

  it.each([
    [0, ''],
    [1, '01'],
    [255, 'ff'],
    [256, '0100'],
    [0xffffff, 'ffffff'],
    [2 ** 32 - 1, 'ffffffff'],
  ])('write the integer %d without leading zeros (§3.2)', (value, text) => {
    expect(Buffer.from(encodeUint(value)).toString('hex')).toBe(text);
    expect(decodeUint(hex(`00${text}`))).toBe(value);
  });

  it.each([
    [12, '50', '32'],
    [11, 'größe', '6772c3b6c39f65'],
    [4, 'A0b1', 'a0b1'],
    [5, '', ''],
    [23, '3/1/64', '3a'],
    [65_000, 'dead beef', 'deadbeef'],
  ])('are written from text: %d %j', (number, text, value) => {
    const written = parseOptionValue(number, text);
    if (!('option' in written)) throw new Error(written.problem);
    expect(Buffer.from(written.option.value).toString('hex')).toBe(value);
    const again = parseOptionValue(number, formatOptionValue(written.option));
    expect('option' in again && Buffer.from(again.option.value).toString('hex')).toBe(value);
  });

  it.each([
    [12, 'json', 'needs an integer'],
    [12, '65536', '3 bytes, allowed are 0 to 2'],
    [5, 'x', 'has no value'],
    [4, 'xyz', 'hexadecimal'],
    [4, '00'.repeat(9), '9 bytes, allowed are 1 to 8'],
    [11, 'a'.repeat(256), '256 bytes'],
    [3, '', '0 bytes, allowed are 1 to 255'],
    [23, '0/0/7', 'number/more/size'],
    [65_000, 'x', 'not registered'],
  ])('refuse what they cannot hold: %d %j', (number, text, problem) => {
    const written = parseOptionValue(number, text);
    expect('problem' in written ? written.problem : 'taken').toContain(problem);
  });

  it('are looked up in a message; what is too long counts as not there', () => {
    const packet = {
      options: [
        { number: 12, value: hex('32') },
        { number: 14, value: hex('0000000001') },
        { number: 23, value: hex('0a') },
        { number: 27, value: hex('07') },
      ],
    };
    expect([uintOption(packet, 12), uintOption(packet, 14), uintOption(packet, 6)]).toEqual([50, undefined, undefined]);
    expect([blockOption(packet, 23), blockOption(packet, 27)]).toEqual([{ number: 0, more: true, size: 64 }, undefined]);
    expect(optionValues(packet, 12)).toHaveLength(1);
    expect(lengthProblem(findOption(12) ?? (optionDefinitions[0] as never), hex('010203'))).toContain('3 bytes');
  });
});

describe('blocks (RFC 7959 §2.2)', () => {
  it.each([
    [{ number: 0, more: false, size: 16 }, ''],
    [{ number: 0, more: true, size: 1024 }, '0e'],
    [{ number: 15, more: false, size: 64 }, 'f2'],
    [{ number: 16, more: false, size: 16 }, '0100'],
    [{ number: 0xfffff, more: true, size: 1024 }, 'fffffe'],
  ])('%j is %s', (block, text) => {
    expect(Buffer.from(encodeBlock(block)).toString('hex')).toBe(text);
    expect(decodeBlock(hex(text))).toEqual(block);
    expect(parseBlock(formatBlock(block))).toEqual(encodeBlock(block));
  });

  it('have no other sizes and numbers', () => {
    expect([decodeBlock(hex('07')), decodeBlock(hex('00000000')), parseBlock('0/0/20'), parseBlock('1048576/0/16'), parseBlock('x')]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(blockSizes.map((size) => decodeBlock(encodeBlock({ number: 1, more: false, size }))?.size)).toEqual([...blockSizes]);
  });
});

describe('content formats', () => {
  it('have a name and a way to be shown', () => {
    expect([contentFormatName(50), contentFormatName(1)]).toEqual(['application/json', undefined]);
    expect([0, 40, 41, 42, 50, 60, 110, 112, 11_050, undefined, 12_345].map((id) => contentKind(id))).toEqual([
      'text',
      'link-format',
      'text',
      'binary',
      'json',
      'cbor',
      'json',
      'cbor',
      'binary',
      'unknown',
      'unknown',
    ]);
    expect(new Set(contentFormats.map(({ id }) => id)).size).toBe(contentFormats.length);
  });
});

describe('addresses (RFC 7252 §6)', () => {
  it.each([
    ['coap://example.com', { host: 'example.com', port: 5683, path: [], query: [] }],
    ['coap://EXAMPLE.com:5683/', { host: 'example.com', port: 5683, path: [], query: [] }],
    ['coap://[::1]:61616/%7Esensors/temp.xml?a=1&b', { host: '::1', port: 61_616, path: ['~sensors', 'temp.xml'], query: ['a=1', 'b'] }],
    ['coap://h//a//', { host: 'h', port: 5683, path: ['', 'a', '', ''], query: [] }],
    ['coap://h/%2F?%26=%25', { host: 'h', port: 5683, path: ['/'], query: ['&=%'] }],
    ['coap://h:80/x', { host: 'h', port: 80, path: ['x'], query: [] }],
    ['coap://192.0.2.1/größe', { host: '192.0.2.1', port: 5683, path: ['größe'], query: [] }],
  ])('%s', (text, uri) => {
    const read = parseCoapUri(text);
    expect(read).toEqual({ uri });
    expect(parseCoapUri(formatCoapUri(uri))).toEqual({ uri });
  });

  it.each([
    '',
    'mqtt://h',
    'coaps://h',
    'coap+tcp://h',
    'coap://',
    'coap://h:0/',
    'coap://h:99999',
    'coap://u:p@h/',
    'coap://h/#x',
    'coap://h/%zz',
    `coap://h/${'a'.repeat(256)}`,
    'coap://[::1/',
  ])('%j is refused with what to do', (text) => {
    const read = parseCoapUri(text);
    if ('uri' in read) throw new Error(JSON.stringify(read));
    expect([read.problem, read.advice].every((sentence) => sentence.endsWith('.'))).toBe(true);
  });
});

describe('link format (RFC 6690)', () => {
  const example =
    '</sensors>;ct=40;title="Sensor Index",</sensors/temp>;rt="temperature-c";if="sensor",<http://www.example.com/sensors/t123>;anchor="/sensors/temp";rel="describedby",</t>;obs';

  it('is read and written again', () => {
    const read = parseLinkFormat(example);
    expect('problem' in read).toBe(false);
    expect(read.links.map(({ target }) => target)).toEqual(['/sensors', '/sensors/temp', 'http://www.example.com/sensors/t123', '/t']);
    expect(read.links.map((link) => [linkAttribute(link, 'ct'), linkAttribute(link, 'obs'), linkAttribute(link, 'title')])).toEqual([
      ['40', null, 'Sensor Index'],
      [null, null, null],
      [null, null, null],
      [null, '', null],
    ]);
    expect(formatLinkFormat(read.links)).toBe(example);
  });

  it('may have spaces, quotes within quotes, and commas and semicolons in them', () => {
    const read = parseLinkFormat('</a>; title="a \\"b\\", c; d\\\\" ;rt=x ,\n</b>');
    expect(read).toEqual({
      links: [
        {
          target: '/a',
          attributes: [
            ['title', 'a "b", c; d\\'],
            ['rt', 'x'],
          ],
        },
        { target: '/b', attributes: [] },
      ],
    });
    expect(parseLinkFormat(formatLinkFormat(read.links))).toEqual(read);
  });

  it('is empty when there is nothing', () => {
    expect(parseLinkFormat('')).toEqual({ links: [] });
  });

  it.each(['x', '</a', '</a>;', '</a>;=1', '</a>;t="x', '</a></b>', '</a>,'])('says where %j is damaged, and keeps what was before', (text) => {
    const read = parseLinkFormat(`</first>,${text}`);
    expect('problem' in read ? read.problem : 'taken').toMatch(/position \d+/);
    expect(read.links[0]?.target).toBe('/first');
  });
});
