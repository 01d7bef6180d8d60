import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessageDetail } from '../../../shared/contract/messages.ts';
import type { PayloadCodecs, PayloadReading, StoredCodecRule } from '../../../shared/contract/payload.ts';
import { createPayloadService, type PayloadService } from './payload-service.ts';
import { createPayloadThread } from './worker/payload-thread.ts';

let workspace: string;
let kept: PayloadCodecs;
let messages: Map<number, Partial<MessageDetail>>;
let service: PayloadService;

beforeEach(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'payloads-'));
  kept = { rules: [], names: {} };
  messages = new Map();
  service = createPayloadService({
    workspaceFolder: workspace,
    kept: {
      get: () => kept,
      save: (codecs) => {
        kept = codecs;
        return Promise.resolve();
      },
    },
    message: (id) => Promise.resolve((messages.get(id) as MessageDetail | undefined) ?? null),
  });
});
afterEach(async () => {
  service.close();
  await rm(workspace, { recursive: true, force: true });
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | number, more: object = {}): Promise<PayloadReading> =>
  service.decode({ source: 'connection:lab', topic: 'a/b', message: bytes, ...more });
const rule = (more: Partial<StoredCodecRule>): StoredCodecRule => ({
  id: 'r',
  source: null,
  filter: 'a/+',
  subscription: false,
  codec: 'int16',
  params: {},
  ...more,
});
const sensor =
  'syntax = "proto3";\npackage acme;\nimport "parts/unit.proto";\nimport "google/protobuf/timestamp.proto";\nmessage Reading {\n  int64 id = 1;\n  Unit unit = 2;\n  google.protobuf.Timestamp at = 3;\n  map<string, sint32> values = 4;\n  message Inner { repeated int32 list = 1; repeated Inner more = 2; repeated string words = 3; }\n  Inner inner = 5;\n}\n';
const unit = 'syntax = "proto3";\npackage acme;\nenum Unit { CELSIUS = 0; BAR = 1; }\n';

describe('reading', () => {
  it('finds out what nobody has said, and says why', async () => {
    expect(await decode(Uint8Array.of(0x81, 0xa1, 0x61, 1))).toEqual({
      codec: 'msgpack',
      chosenBy: 'found',
      ruleId: null,
      why: 'all of it is one MessagePack value with text keys',
      shown: { kind: 'text', text: '{\n  "a": 1\n}', language: 'json' },
      notes: [],
      failure: null,
    });
  });

  it('goes by the rule that says most, and by what is asked for before that', async () => {
    await service.saveRule(rule({ id: 'wide', filter: '#', codec: 'json' }));
    await service.saveRule(rule({ id: 'narrow' }));
    expect(await decode(Uint8Array.of(1, 0))).toMatchObject({ codec: 'int16', chosenBy: 'rule', ruleId: 'narrow', shown: { text: '256' } });
    expect(await decode(Uint8Array.of(1, 0), { codec: { name: 'int16', params: { endian: 'little' } } })).toMatchObject({
      chosenBy: 'asked',
      ruleId: null,
      shown: { text: '1' },
    });
    await service.saveRule(rule({ id: 'again', codec: 'uint16' }));
    expect(kept.rules.map(({ id }) => id)).toEqual(['wide', 'again']);
    await service.removeRule('again');
    expect(await decode(utf8('1'))).toMatchObject({ codec: 'json', ruleId: 'wide' });
  });

  it('never loses what cannot be read: its bytes, the reason and the place', async () => {
    expect(await decode(utf8('{"a":x}'), { codec: { name: 'json', params: {} } })).toMatchObject({
      shown: { kind: 'bytes', bytes: null },
      failure: { reason: 'this is not JSON', at: 5 },
    });
    expect(await decode(utf8('x'), { codec: { name: 'nope', params: {} } })).toMatchObject({ failure: { reason: 'There is no codec "nope".', at: null } });
  });

  it('takes messages of the history, with their content type', async () => {
    messages.set(7, { payload: Uint8Array.of(0x80), sizeBytes: 1, properties: { contentType: 'application/cbor' } });
    expect(await decode(7)).toMatchObject({ codec: 'cbor', shown: { text: '[]' } });
    await expect(decode(8)).rejects.toMatchObject({ code: 'not-found' });
    messages.set(9, { payload: Uint8Array.of(0x80), sizeBytes: 2 });
    await expect(decode(9)).rejects.toMatchObject({ code: 'payload-too-large' });
  });

  it('unpacks, and stops where it becomes too much', async () => {
    expect(await decode(gzipSync('{"a":1}'))).toMatchObject({ codec: 'gzip', shown: { language: 'json' }, notes: [expect.stringContaining('bytes became 7')] });
    expect(await decode(gzipSync(new Uint8Array(30_000_000)), { codec: { name: 'gzip', params: {} } })).toMatchObject({
      failure: { reason: 'it unpacks to more than 20 MiB, and no more is unpacked here' },
    });
    expect(await decode(gzipSync(Uint8Array.of(0, 255)), { codec: { name: 'gzip', params: {} } })).toMatchObject({
      shown: { kind: 'bytes', bytes: Uint8Array.of(0, 255) },
    });
  });

  it('uses names of the user', async () => {
    await service.saveNames({ BOOL: { name: 'bool', on: 'ON', off: 'OFF' } });
    expect(await decode(utf8('ON'), { codec: { name: 'BOOL', params: {} } })).toMatchObject({ codec: 'BOOL', shown: { text: 'true' } });
    await expect(service.saveNames({ x: { name: 'x2' } })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('there is no such codec'),
    });
    await expect(service.saveNames({ auto: { name: 'json' } })).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('refuses rules that cannot work', async () => {
    await expect(service.saveRule(rule({ filter: 'a/#/b' }))).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('"#"') });
    await expect(service.saveRule(rule({ codec: 'nope' }))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(service.saveRule(rule({ params: { endian: 'middle' } }))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(service.saveRule(rule({ subscription: true }))).rejects.toMatchObject({ code: 'bad-input' });
    expect(kept.rules).toEqual([]);
  });

  it('forgets the rules of a connection that is removed', async () => {
    await service.saveRule(rule({ id: 'here', source: 'connection:lab' }));
    await service.saveRule(rule({ id: 'all' }));
    await service.forgetSource('connection:lab');
    expect(kept.rules.map(({ id }) => id)).toEqual(['all']);
  });
});

describe('writing', () => {
  const encode = (name: string, text: string, params = {}) => service.encode({ topic: 'a', codec: { name, params }, text });
  it('makes bytes of text', async () => expect(await encode('msgpack', '{"a": 1}')).toEqual({ bytes: Uint8Array.of(0x81, 0xa1, 0x61, 1) }));
  it('says what is wrong, and where', async () => {
    expect(await encode('cbor', '{\n  "a": x\n}')).toEqual({ problem: { reason: 'unexpected "x"', line: 2, column: 8 } });
    expect(await encode('int8', '300')).toMatchObject({ problem: { reason: expect.stringContaining('-128 to 127') } });
  });
});

describe('schemas', () => {
  const reading = { name: 'protobuf', params: { schema: 'sensor.proto', message: 'acme.Reading' } };

  it('of Protocol Buffers, with imports, are files of the workspace', async () => {
    expect(await service.saveSchema('sensor.proto', sensor)).toMatchObject({
      messages: [],
      problem: { message: 'The imported file parts/unit.proto is not in the workspace.', file: 'sensor.proto', line: 3, column: 9 },
    });
    await service.saveSchema('parts/unit.proto', unit);
    expect(service.view().schemas).toEqual([
      { name: 'parts/unit.proto', kind: 'protobuf', messages: [], problem: null },
      { name: 'sensor.proto', kind: 'protobuf', messages: ['acme.Reading', 'acme.Reading.Inner'], problem: null },
    ]);
    expect(await readFile(path.join(workspace, 'schemas', 'sensor.proto'), 'utf8')).toBe(sensor);
    const text =
      '{\n  "id": 12345678901234567890,\n  "unit": "BAR",\n  "at": {\n    "seconds": 5\n  },\n  "values": {\n    "x": -1\n  },\n  "inner": {\n    "list": [\n      1,\n      2\n    ],\n    "more": [\n      {},\n      {}\n    ],\n    "words": [\n      "x"\n    ]\n  }\n}';
    expect(await service.encode({ topic: 'a', codec: reading, text })).toMatchObject({
      problem: { reason: expect.stringContaining('does not fit into int64') },
    });
    const fitting = text.replace('12345678901234567890', '1234567890123456789');
    const written = await service.encode({ topic: 'a', codec: reading, text: fitting });
    expect(await decode((written as { bytes: Uint8Array }).bytes, { codec: reading })).toMatchObject({ shown: { text: fitting }, failure: null });
  });

  it.each([
    ['a.proto', 'syntax = "proto3";\nmessage A {\n  int32 x = ;\n}', 'Illegal id', 3],
    ['a.proto', 'syntax = "proto3";\nmassage A { }', '"massage" does not belong here', 2],
    ['a.proto', 'syntax = "proto3";\nmessage A {\n  Missing x = 1;\n}', 'Missing', 3],
    ['a.proto', 'message A {', '', null],
    ['a.proto', `syntax = "proto3";\n${'message A {'.repeat(3000)}`, '', null],
    ['a.avsc', '{"type": "record",\n "name": }', 'This is not JSON', 2],
    ['a.avsc', '{"type": "record", "name": "R", "fields": [\n{"name": "a", "type": "Nope"}]}', '"Nope" is no type', 2],
  ])('%s with %j is loud about what is wrong', async (name, text, message, line) => {
    const { problem } = await service.saveSchema(name, text);
    expect(problem?.message).toContain(message);
    if (line !== null) expect(problem).toMatchObject({ line, column: expect.any(Number) });
    const codec = { name: name.endsWith('.proto') ? 'protobuf' : 'avro', params: { schema: name } };
    expect(await decode(Uint8Array.of(8, 1), { codec })).toMatchObject({ failure: { reason: expect.stringContaining('the schema cannot be used') } });
  });

  it('that import each other are read', async () => {
    await service.saveSchema('a.proto', 'syntax = "proto3"; import "b.proto"; message A { B b = 1; }');
    await service.saveSchema('b.proto', 'syntax = "proto3"; import "a.proto"; message B { A a = 1; }');
    expect(service.view().schemas.map(({ messages, problem }) => [messages, problem])).toEqual([
      [['A'], null],
      [['B'], null],
    ]);
    expect(await decode(Uint8Array.of(0x0a, 2, 0x0a, 0), { codec: { name: 'protobuf', params: { schema: 'a.proto', message: 'A' } } })).toMatchObject({
      shown: { text: '{\n  "b": {\n    "a": {}\n  }\n}' },
    });
  });

  it('never become code', async () => {
    const evil = 'syntax = "proto3"; message A { int32 constructor = 1; int32 __proto__ = 2; int32 x = 3 [json_name = "a\\"];process.exit(1);//"]; }';
    await service.saveSchema('evil.proto', evil);
    expect(await decode(Uint8Array.of(8, 1, 16, 2, 24, 3), { codec: { name: 'protobuf', params: { schema: 'evil.proto' } } })).toMatchObject({
      shown: { text: expect.stringContaining('"constructor": 1') },
    });
  });

  it('of proto2: groups, extensions, and lists that are not packed', async () => {
    await service.saveSchema(
      'old.proto',
      'syntax = "proto2"; message A { repeated group Part = 1 { required string u = 2; } repeated int32 q = 4; extensions 100 to 200; } extend A { optional int32 more = 100; }',
    );
    const codec = { name: 'protobuf', params: { schema: 'old.proto', message: 'A' } };
    const text = '{\n  "part": [\n    {\n      "u": "x"\n    }\n  ],\n  "q": [\n    1,\n    2\n  ],\n  "[more]": 5\n}';
    const { bytes } = (await service.encode({ topic: 'a', codec, text })) as { bytes: Uint8Array };
    expect(Buffer.from(bytes).toString('hex')).toBe('0b1201780c20012002a00605');
    expect(await decode(bytes, { codec })).toMatchObject({ shown: { text } });
  });

  it('changed by another program are seen', async () => {
    const stop = service.changed.subscribe(() => undefined);
    await mkdir(path.join(workspace, 'schemas'), { recursive: true });
    await writeFile(path.join(workspace, 'schemas', 'a.avsc'), '"long"');
    await vi.waitFor(() => expect(service.view().schemas).toEqual([{ name: 'a.avsc', kind: 'avro', messages: ['long'], problem: null }]), 20_000);
    stop();
  });

  it('are not read or written through links', async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'outside-'));
    await writeFile(path.join(outside, 'x.proto'), unit);
    await symlink(outside, path.join(workspace, 'schemas'));
    await expect(service.saveSchema('a.proto', unit)).rejects.toMatchObject({ code: 'workspace-unwritable' });
    expect(await readdir(outside)).toEqual(['x.proto']);
    expect(service.view().schemas).toEqual([]);
    expect(service.view().schemasProblem).toContain('is a link');
    await rm(outside, { recursive: true });
  });

  it('are removed, and gone for what used them', async () => {
    await service.saveSchema('a.avsc', '"long"');
    expect(await service.readSchema('a.avsc')).toEqual({ text: '"long"' });
    await service.removeSchema('a.avsc');
    await expect(service.readSchema('a.avsc')).rejects.toMatchObject({ code: 'not-found' });
    expect(await decode(Uint8Array.of(2), { codec: { name: 'avro', params: { schema: 'a.avsc' } } })).toMatchObject({
      failure: { reason: expect.stringContaining('there is no schema file') },
    });
  });
});

describe('the thread', () => {
  it('that takes too long is ended, and the next job has a new one', async () => {
    const thread = createPayloadThread({ limitMs: 1 });
    const facts = { topic: 'a' };
    const job = (bytes: Uint8Array) => ({ kind: 'decode', bytes, codec: 'gzip', params: { inner: 'hex' }, names: {}, facts }) as const;
    // The first may take as long as a thread needs to start.
    await thread.run(job(gzipSync('x')));
    await expect(thread.run(job(gzipSync(new Uint8Array(6_000_000))))).rejects.toMatchObject({ code: 'timed-out' });
    expect(await thread.run(job(gzipSync('x')))).toMatchObject({ codec: 'gzip', decoded: { text: '78' } });
    thread.close();
  });
});
