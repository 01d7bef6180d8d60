import { expect, it } from 'vitest';
import type { CallInput } from '../../../shared/contract/rpc.ts';
import { createCallFiller } from './call-filler.ts';

const call: CallInput = { source: 'broker', dialect: 'mqttxx2', topic: 'edge/{{device}}', method: 'get', params: '{"n": "{{n}}"}' };
const fillerOf = (values: Readonly<Record<string, string>>, missing: readonly string[] = []): ReturnType<typeof createCallFiller> =>
  createCallFiller({
    environments: {
      activeVariables: () => Promise.resolve({ values: new Map(Object.entries(values)), secrets: [], missing, environment: { id: 'lab', name: 'Lab' } }),
    },
    now: () => 0,
    random: () => 0,
  });

it('fills in a call from the chosen environment, also when a secret that it does not use has no value here', async () => {
  const { fill } = await fillerOf({ device: 'pump', n: '5' }, ['token'])();
  expect(fill(call)).toMatchObject({ topic: 'edge/pump', params: { n: '5' } });
});

it('names the variable that is not known, and the secrets that have no value here', async () => {
  const { fill } = await fillerOf({ n: '5' }, ['device'])();
  expect(() => fill(call)).toThrow(/device/);
  try {
    fill(call);
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad-input', advice: expect.stringContaining('without a value on this computer: device.') as string });
  }
});

it('fills in what a request of gf_mqtt_client says beside its body', async () => {
  const { fill } = await fillerOf({ device: 'pump', n: '5', key: 's3cret' })();
  const envelope = { token: '{{key}}', correlationId: 'run-{{n}}', requestId: '{{n}}', methodAs: 'integer', qos: 1, responses: 'standing' } as const;
  expect(fill({ ...call, dialect: 'gf', envelope }).envelope).toEqual({ ...envelope, token: 's3cret', correlationId: 'run-5', requestId: '5' });
  expect(fill({ ...call, dialect: 'gf', envelope: { token: null, qos: 1 } }).envelope).toEqual({ qos: 1 });
  expect(() => fill({ ...call, dialect: 'gf', envelope: { token: '{{nope}}' } })).toThrow('The token: “nope” is not known.');
});

it('has the limits of a template only where something is to be filled in', async () => {
  const { fill } = await fillerOf({ device: 'pump' })();
  const long = 'x'.repeat(2_000_000);
  expect(fill({ ...call, params: JSON.stringify(long) }).params).toBe(long);
  expect(() => fill({ ...call, params: JSON.stringify(`{{device}}${long}`) })).toThrow('longer than');
});
