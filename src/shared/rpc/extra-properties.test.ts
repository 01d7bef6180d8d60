import { expect, it } from 'vitest';
import type { ExtraProperties } from './dialect.ts';
import { dialects } from './dialects.ts';

const call = { id: 'c0ffee00-0000-4000-8000-000000000001', topic: 'edge/a', method: 'get', params: { a: 1 }, clientId: 'me', callerId: 'caller' };
const build = (dialect: string, properties?: ExtraProperties) => {
  const built = dialects.get(dialect)?.buildRequest({ ...call, properties });
  if (!built) throw new Error('no such dialect');
  return built;
};

it.each(['mqttxx2', 'mqttxx4', 'jsonrpc', 'mqtt5'])('changes nothing of %s where there are none', (dialect) => {
  expect(build(dialect, {})).toEqual(build(dialect));
  expect(build(dialect, { userProperties: [] })).toEqual(build(dialect));
});

it('adds them after those of the dialect, in their order, repeated names too', () => {
  const userProperties = [
    ['trace', '1'],
    ['trace', '2'],
  ] as const;
  expect(build('mqttxx4', { userProperties, messageExpirySeconds: 5 })).toMatchObject({
    message: { properties: { responseTopic: 'rpc/r/me', userProperties: [['caller_id', 'caller'], ...userProperties], messageExpirySeconds: 5 } },
  });
  expect(build('jsonrpc', { userProperties })).toMatchObject({ message: { properties: { userProperties } } });
  expect(build('mqtt5', { contentType: 'application/cbor' })).toMatchObject({
    message: { properties: { contentType: 'application/cbor', payloadIsUtf8: true } },
  });
});

it.each([
  ['mqttxx2', { userProperties: [['a', 'b']] }, 'no headers'],
  ['mqttxx4', { userProperties: [['caller_id', 'else']] }, 'belongs to the dialect'],
  ['mqtt5', { userProperties: [['', 'b']] }, 'needs a name'],
  ['mqtt5', { userProperties: [['a', 'b\u0000']] }, 'U+0000'],
  ['mqtt5', { userProperties: [['a', '\ud800']] }, 'half a character'],
  ['mqtt5', { contentType: '\u0000' }, 'The content type has the character U+0000'],
] as const)('says what is wrong: %s %j', (dialect, properties, reason) => {
  expect(build(dialect, properties)).toMatchObject({ problem: expect.stringContaining(reason) as unknown });
});
