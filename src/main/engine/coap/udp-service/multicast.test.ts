import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { coapMulticastContract, type CoapMulticastProgress } from '../../../../shared/contract/coap-multicast.ts';
import { formatCoapUri, parseCoapUri } from '../../../../shared/coap/udp/uri.ts';
import { parseCode } from '../../../../shared/coap/udp/packet.ts';
import { group, openGroup, type GroupMembers } from '../../../../../test/support/coap-group.ts';
import { createCoapUdp, type CoapUdp } from './udp-service.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

function open(): CoapUdp {
  const service = createCoapUdp({
    now: Date.now,
    clock: () => performance.now(),
    random: Math.random,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
  });
  opened.push(() => service.close());
  return service;
}
async function members(...given: Parameters<typeof openGroup>): Promise<GroupMembers> {
  const found = await openGroup(...given);
  opened.push(() => found.close());
  return found;
}
const namesOf = (service: CoapUdp): readonly string[] =>
  service
    .servers()
    .map(({ uri, resources }) => [uri, ...resources.map(({ path }) => path)].join(' '))
    .toSorted();
const input = (uri: string, more: { collectMs?: number; networkInterface?: string } = {}) =>
  coapMulticastContract['coapMulticast.request'].input.parse({
    request: { uri, method: 'GET', type: 'CON' },
    networkInterface: '127.0.0.1',
    collectMs: 1000,
    ...more,
  });

it('asks with one Non-confirmable message, and tells the response of each server once, with its address', async () => {
  const { port, addresses, received } = await members(3, (server) =>
    server === 2 ? null : { code: parseCode('2.05') ?? 0, options: [], payload: utf8(`server ${server}`) },
  );
  const service = open();
  const states: CoapMulticastProgress[] = [];
  const stop = new AbortController();
  const asking = service.requestAll(input(`coap://${group}:${port}/a?b`, { collectMs: 60_000 }), stop.signal, (state) => states.push(state));
  // The message, and both responses twice.
  await expect.poll(() => service.log({ offset: 0, limit: 100, text: '', direction: 'all' }).total, { timeout: 15_000 }).toBe(5);
  stop.abort();
  await asking;
  const last = states.at(-1);
  expect(last).toMatchObject({ phase: 'ended', failure: null, leftOut: 0 });
  expect(last?.responses.map(({ from, payload }) => `${from} ${new TextDecoder().decode(payload)}`).toSorted()).toEqual(
    [`${addresses[0]} server 0`, `${addresses[1]} server 1`].toSorted(),
  );
  expect(received.map(({ type }) => type)).toEqual(['NON']);
  expect(namesOf(service)).toEqual(
    addresses
      .slice(0, 2)
      .map((address) => `coap://${address} /a`)
      .toSorted(),
  );
});

it('ends when it is told to, and says what keeps it from sending', async () => {
  const { port } = await members(1, () => null);
  const service = open();
  const stop = new AbortController();
  const states: CoapMulticastProgress[] = [];
  const asking = service.requestAll(input(`coap://${group}:${port}/`, { collectMs: 60_000 }), stop.signal, (state) => states.push(state));
  stop.abort();
  await asking;
  expect(states.at(-1)).toMatchObject({ phase: 'ended', responses: [] });
  await service.requestAll(input(`coap://${group}:${port}/`, { networkInterface: 'nope0' }), new AbortController().signal, (state) => states.push(state));
  expect(states.at(-1)).toMatchObject({
    phase: 'failed',
    failure: { message: expect.stringContaining('"nope0" is no network interface'), advice: expect.stringContaining('lo') },
  });
  await expect(service.requestAll(input('coap://127.0.0.1/'), stop.signal, () => undefined)).rejects.toMatchObject({ code: 'bad-input' });
});

it('adds the servers that tell of their resources, also of those whose list comes in blocks', async () => {
  const code = parseCode('2.05') ?? 0;
  const format = { number: 12, value: Uint8Array.of(40) };
  const { port, addresses } = await members(2, (number, request) => {
    // The first of two blocks of 16 bytes to the group, all of it to whoever asks this server alone.
    if (number === 1 && request.type === 'NON')
      return { code, options: [format, { number: 23, value: Uint8Array.of(0x08) }], payload: utf8('</of/1>,</of/1/m') };
    return { code, options: [format], payload: utf8(number === 1 ? '</of/1>,</of/1/more>' : '</of/0>') };
  });
  const service = open();
  const found = await service.discoverAll({ uri: `coap://${group}:${port}`, networkInterface: 'lo', collectMs: 4000 }, new AbortController().signal);
  expect(found).toEqual({ servers: 2, links: 3, failure: null });
  expect(namesOf(service)).toEqual([`coap://${addresses[0]} /of/0`, `coap://${addresses[1]} /of/1 /of/1/more`].toSorted());
});

it('reads and writes addresses of a link', () => {
  for (const text of ['coap://[ff02::fd%25eth0]:5684/a?b', 'coap://[ff02::fd%eth0]:5684/a?b']) {
    const read = parseCoapUri(text);
    expect(read).toEqual({ uri: { host: 'ff02::fd%eth0', port: 5684, path: ['a'], query: ['b'] } });
    expect('uri' in read && formatCoapUri(read.uri)).toBe('coap://[ff02::fd%25eth0]:5684/a?b');
  }
  expect(parseCoapUri('coap://h/[a%25b]')).toMatchObject({ uri: { path: ['[a%b]'] } });
  expect(parseCoapUri('coap://[ff02::fd%]/')).toHaveProperty('problem');
});
