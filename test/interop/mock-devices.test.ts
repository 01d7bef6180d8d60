import { beforeAll, expect, test, vi } from 'vitest';
import { mockDeviceSchema, type MockDeviceStatus } from '../../src/shared/contract/mock-devices.ts';
import { responseCodes } from '../../src/shared/coap/gf/response-codes.ts';
import { linkAttribute, parseLinkFormat } from '../../src/shared/coap/udp/link-format.ts';
import { findLibcoap, runLibcoapClient } from '../support/libcoap.ts';
import { useNodes } from '../support/rpc-nodes.ts';
import { callWithGf, clientKinds, gfPython, type GfRequest } from './gf-python.ts';

const bench = useNodes();
const tag = 'MOCK_1';
const libcoap = findLibcoap();
let gf: Awaited<ReturnType<typeof gfPython>>;
beforeAll(async () => {
  gf = await gfPython();
});

/** One device with both ways. Answers with its ports. */
async function startDevice(): Promise<{ readonly mqtt: number; readonly udp: number }> {
  const mqtt = await bench.startBroker();
  const state = (['GET', 'PUT', 'POST', 'DELETE', 'FETCH', 'PATCH'] as const).map((method) => ({ method, answer: { kind: 'state' as const } }));
  const device = mockDeviceSchema.parse({
    id: 'mock',
    name: 'Mock',
    tag,
    udp: { host: '127.0.0.1', port: 0 },
    resources: [
      { path: 'gains', state: { left: 1, right: 2 }, resourceType: 'gains', methods: state },
      ...responseCodes.map(({ code }) => ({
        path: `code/${code}`,
        methods: [{ method: 'GET' as const, answer: { kind: 'static' as const, code, body: `because ${code}` } }],
      })),
      { path: 'silent', methods: [{ method: 'GET', answer: { kind: 'static', code: 205 }, faults: { dropRate: 1 } }] },
    ],
  });
  await bench.page.call('mockDevices.save', device);
  await bench.page.call('mockDevices.start', { id: 'mock' });
  const runs = ({ mqtt: overMqtt, udp }: MockDeviceStatus): boolean => overMqtt?.phase === 'running' && udp?.phase === 'running';
  const { statuses } = await bench.first('mockDevices.statuses', undefined, (view) => view.statuses.some(runs));
  return { mqtt, udp: statuses[0]?.udp?.port ?? 0 };
}

test.for(clientKinds)('gf_mqtt_client, %s, asks a mock device', async (kind, { skip }) => {
  if ('missing' in gf) return skip(gf.missing);
  const { mqtt } = await startDevice();
  const ask = (method: string, path: string, more: Partial<GfRequest> = {}): GfRequest => ({ subsystem: 'axuv', method, path, ...more });
  const inTurn = [
    ask('GET', 'gains'),
    ask('PUT', '/gains', { body: { left: 3 } }),
    ask('GET', 'gains'),
    ask('DELETE', 'gains'),
    ask('GET', 'gains'),
    ask('PUT', 'code/205', { body: 1 }),
    ask('GET', 'nope'),
    ask('GET', 'silent', { timeout: 1 }),
  ];
  const codes = responseCodes.map(({ code }) => ask('GET', `code/${code}`));
  const hundred = Array.from({ length: 100 }, () => ask('GET', 'code/205'));
  const outcomes = await callWithGf(gf.python, kind, mqtt, tag, [...inTurn.map((request) => [request]), codes, hundred]);
  expect(outcomes.slice(0, inTurn.length)).toMatchObject([
    { code: 205, body: { left: 1, right: 2 } },
    { code: 204 },
    { code: 205, body: { left: 3 } },
    { code: 202 },
    { error: 'NotFoundResponse' },
    { error: 'MethodNotAllowedResponse' },
    { error: 'NotFoundResponse' },
    { error: 'GatewayTimeoutResponse' },
  ]);
  expect(outcomes.slice(inTurn.length, inTurn.length + codes.length)).toMatchObject(
    responseCodes.map(({ code, exception }) =>
      exception === null ? { code, body: `because ${code}` } : { code, error: exception, detail: `because ${code}` },
    ),
  );
  expect(outcomes.slice(-100)).toEqual(hundred.map(({ path, method }) => ({ path, method, code: 205, body: 'because 205' })));
});

test('libcoap asks the same mock device, and observes it', async ({ skip }) => {
  if ('missing' in libcoap) return skip(libcoap.missing);
  const { udp } = await startDevice();
  const run = (resource: string, ...more: string[]): ReturnType<typeof runLibcoapClient> =>
    runLibcoapClient(libcoap.client, ...more, `coap://127.0.0.1:${udp}/${resource}`);
  expect(JSON.parse((await run('gains')).out)).toEqual({ left: 1, right: 2 });
  await run('gains', '-m', 'put', '-t', '50', '-e', '{"left":5}');
  expect(JSON.parse((await run('gains')).out)).toEqual({ left: 5 });
  expect((await run('nope')).said).toContain('4.04');
  expect((await run('code/503')).said).toContain('5.03');
  expect((await run('code/205', '-m', 'delete')).said).toContain('4.05');
  const read = parseLinkFormat((await run('.well-known/core')).out.trim());
  expect(read).not.toHaveProperty('problem');
  const gains = read.links.find(({ target }) => target === '/gains');
  expect(gains && linkAttribute(gains, 'rt')).toBe('gains');

  const observing = run('gains', '-s', '3', '-w');
  const isObserved = ({ udp: side }: MockDeviceStatus): boolean => side?.observers === 1;
  await bench.first('mockDevices.statuses', undefined, ({ statuses }) => statuses.some(isObserved));
  await bench.page.call('mockDevices.setState', { id: 'mock', path: 'gains', state: { left: 9 } });
  expect(
    (await observing).out
      .trim()
      .split(/\n+/)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([{ left: 5 }, { left: 9 }]);
  await vi.waitFor(async () => expect((await bench.first('mockDevices.statuses', undefined)).statuses.some(isObserved)).toBe(false), { timeout: 10_000 });
});
