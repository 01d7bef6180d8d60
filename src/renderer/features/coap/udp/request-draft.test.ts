import { describe, expect, it } from 'vitest';
import { coapUdpContract } from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { coapClientLine, workbenchLine } from './copy-line.ts';
import { emptyDraft, payloadSize, readDraft, type RequestDraft } from './request-draft.ts';
import { bytesText, draftOfSaved, savedOfDraft, savingProblems, takeFile } from './saved-request.ts';

const draft = (more: Partial<RequestDraft> = {}): RequestDraft => ({ ...emptyDraft, uri: 'coap://h/temp', ...more });
const option = (number: number | null, text = ''): RequestDraft['options'][number] => ({ key: `${number}`, number, text });
const problemsOf = (more: Partial<RequestDraft>): readonly string[] => {
  const { problems, input } = readDraft(draft(more));
  const { options, ...others } = problems;
  const all = [...Object.values(others), ...Object.values(options)];
  expect(input === null).toBe(all.length > 0);
  return all;
};

describe('a draft of a request', () => {
  it('is sent as the contract takes it', () => {
    const { input } = readDraft(
      draft({
        uri: '  coap://h/temp ',
        method: 'PUT',
        contentFormat: 50,
        options: [option(17, '50'), option(65_000, '0a')],
        payload: '{}',
        token: '01 02',
        blockSize: 64,
      }),
    );
    expect(coapUdpContract['coapUdp.request'].input.parse(input)).toMatchObject({
      uri: 'coap://h/temp',
      method: 'PUT',
      options: [
        { number: 12, text: '50' },
        { number: 17, text: '50' },
        { number: 65_000, text: '0a' },
      ],
      payload: new TextEncoder().encode('{}'),
      token: Uint8Array.of(1, 2),
      blockSize: 64,
      timeoutMs: 30_000,
      transmission: { ackTimeoutMs: 2000, ackRandomFactor: 1.5, maxRetransmit: 4 },
    });
    expect(input).not.toHaveProperty('variables');
  });

  it.each([
    [{ uri: '' }, 'Give an address'],
    [{ uri: 'coaps://h/' }, 'CoAP over DTLS'],
    [{ uri: 'http://h/' }, 'does not begin with coap://'],
    [{ payloadAs: 'hex' as const, payload: 'abc' }, 'hexadecimal digits'],
    [{ payloadAs: 'file' as const }, 'Choose the file'],
    [{ payloadAs: 'file' as const, file: { name: 'x', bytes: new Uint8Array(coapUdpLimits.bodyBytes + 1) } }, '4 MiB at most'],
    [{ payload: 'x'.repeat(coapUdpLimits.bodyBytes + 1) }, '4 MiB at most'],
    [{ token: '0102030405060708ff' }, 'Up to 8 bytes'],
    [{ token: 'x' }, 'Up to 8 bytes'],
    [{ timeoutS: 0 }, 'time-out'],
    [{ ackTimeoutS: 61 }, 'first acknowledgement'],
    [{ randomFactor: 0.5 }, 'random factor'],
    [{ maxRetransmit: 1.5 }, 'Retransmissions'],
    [{ options: [option(null)] }, 'Choose an option'],
    [{ options: [option(17, 'json')] }, 'needs an integer'],
    [{ options: [option(65_000, 'xyz')] }, 'hexadecimal digits'],
  ])('says what is wrong with %j', (more, words) => {
    const problems = problemsOf(more);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });

  it('leaves what has variables in it to the engine', () => {
    const { input, problems } = readDraft(draft({ uri: '{{server}}/x', options: [option(17, '{{format}}')], payloadAs: 'hex', payload: 'ff {{byte}}' }));
    expect(problems).toEqual({ options: {} });
    expect(coapUdpContract['coapUdp.request'].input.parse(input)).toMatchObject({
      uri: '{{server}}/x',
      payload: new Uint8Array(0),
      variables: { payload: { text: 'ff {{byte}}', as: 'hex' } },
    });
    // A file is sent as it is.
    const file = { name: 'x', bytes: new TextEncoder().encode('{{no}}') };
    expect(readDraft(draft({ payloadAs: 'file', file, payload: '{{unused}}' })).input).toMatchObject({ payload: file.bytes });
    expect(readDraft(draft({ payloadAs: 'file', file, payload: '{{unused}}' })).input).not.toHaveProperty('variables');
    expect(readDraft(draft({ uri: 'coap://{{h}}/', payloadAs: 'file', file })).input).toMatchObject({ payload: file.bytes, variables: {} });
  });

  it('knows its size', () => {
    expect([
      payloadSize(draft({ payload: 'é' })),
      payloadSize(draft({ payloadAs: 'hex', payload: '0a:0b' })),
      payloadSize(draft({ payloadAs: 'hex', payload: 'x' })),
    ]).toEqual([2, 2, 0]);
  });
});

describe('a draft that is saved', () => {
  it('comes back as it was', () => {
    const written = draft({
      method: 'POST',
      type: 'NON',
      contentFormat: 0,
      options: [option(17, '{{format}}'), option(65_000, '0a')],
      payload: 'hello {{name}}',
      token: '0x01 02',
      blockSize: 32,
      timeoutS: 1.5,
      maxRetransmit: 1,
    });
    const saved = savedOfDraft(written);
    expect(saved).toMatchObject({
      token: '0102',
      options: [
        ['Accept', '{{format}}'],
        [65_000, '0a'],
      ],
      timeoutMs: 1500,
    });
    const again = draftOfSaved(saved as NonNullable<typeof saved>);
    expect(savedOfDraft(again)).toEqual(saved);
  });

  it('takes a small file in, as text where it is one', () => {
    const file = (words: string | Uint8Array<ArrayBuffer>): RequestDraft =>
      draft({ payloadAs: 'file', file: { name: 'f', bytes: typeof words === 'string' ? new TextEncoder().encode(words) : words } });
    expect(savedOfDraft(file('{"a": 1}'))).toMatchObject({ payload: '{"a": 1}', payloadAs: 'text' });
    expect(savedOfDraft(file(Uint8Array.of(0xff, 1)))).toMatchObject({ payload: 'ff01', payloadAs: 'hex' });
    // Braces would be filled in, though the file has them.
    expect(bytesText(new TextEncoder().encode('{{x}}'))).toEqual({ payload: '7b7b787d7d', payloadAs: 'hex' });
    expect(takeFile(file('on'))).toMatchObject({ draft: { payload: 'on', payloadAs: 'text', file: null } });
    expect(savingProblems(file(new Uint8Array(256 * 1024 + 1))).payload).toContain('256 KiB');
    expect(takeFile(file(new Uint8Array(256 * 1024 + 1)))).toHaveProperty('problem');
  });

  it('is not saved while it could not be sent', () => {
    expect(savedOfDraft(draft({ uri: 'coaps://h/' }))).toBeUndefined();
    expect(savedOfDraft(draft({ options: [option(null)] }))).toBeUndefined();
    expect(savedOfDraft(draft({ payload: 'x'.repeat(1_048_577) }))).toBeUndefined();
  });
});

describe('a line for the shell', () => {
  it.each<[Partial<RequestDraft>, string, string]>([
    [{}, 'mqtt-workbench coap coap://h/temp', 'coap-client -m get coap://h/temp'],
    [
      { uri: "coap://h/a?b=1&c='x'", type: 'NON', blockSize: 64, timeoutS: 5, ackTimeoutS: 1, maxRetransmit: 2, token: '0a 0b' },
      `mqtt-workbench coap 'coap://h/a?b=1&c='\\''x'\\''' --token 0a0b --non --block 64 --timeout 5 --ack-timeout 1 --max-retransmit 2`,
      `coap-client -m get -N -b 64 -B 5 'coap://h/a?b=1&c='\\''x'\\'''`,
    ],
    [
      { method: 'PUT', contentFormat: 50, options: [option(17, '50'), option(1, '0a'), option(65_000, '01')], payload: '{"a": "100%"}' },
      `mqtt-workbench coap coap://h/temp --method PUT --content-format 50 --option Accept=50 --option If-Match=0a --option 65000=01 --payload '{"a": "100%"}'`,
      `coap-client -m put -t 50 -O 17,0x32 -O 1,0x0a -O 65000,0x01 -e '{"a": "100%25"}' coap://h/temp`,
    ],
    [
      { method: 'PUT', payloadAs: 'file', file: { name: 'my file.bin', bytes: new Uint8Array(1) } },
      `mqtt-workbench coap coap://h/temp --method PUT --payload '@my file.bin'`,
      `coap-client -m put -f 'my file.bin' coap://h/temp`,
    ],
    [
      { method: 'PUT', payloadAs: 'hex', payload: 'FF 00' },
      'printf %s ff00 | xxd -r -p | mqtt-workbench coap coap://h/temp --method PUT --payload -',
      'printf %s ff00 | xxd -r -p | coap-client -m put -f - coap://h/temp',
    ],
    [
      { method: 'PUT', payload: '@home' },
      'printf %s @home | mqtt-workbench coap coap://h/temp --method PUT --payload -',
      'printf %s @home | coap-client -m put -f - coap://h/temp',
    ],
  ])('of %j', (more, own, other) => {
    expect([workbenchLine(draft(more)), coapClientLine(draft(more))]).toEqual([own, other]);
  });
});
