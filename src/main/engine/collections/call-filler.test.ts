import { expect, it } from 'vitest';
import type { CallInput } from '../../../shared/contract/rpc.ts';
import { createCallFiller } from './call-filler.ts';

const call: CallInput = { source: 'broker', dialect: 'mqttxx2', topic: 'edge/{{device}}', method: 'get', params: '{"n": "{{n}}"}' };
const fillerOf = (values: Readonly<Record<string, string>>, missing: readonly string[] = []): ReturnType<typeof createCallFiller> =>
  createCallFiller({
    environments: { activeVariables: () => Promise.resolve({ values: new Map(Object.entries(values)), secrets: [], missing }) },
    now: () => 0,
    random: () => 0,
  });

it('fills in a call from the chosen environment, also when a secret that it does not use has no value here', async () => {
  const fill = await fillerOf({ device: 'pump', n: '5' }, ['token'])();
  expect(fill(call)).toMatchObject({ topic: 'edge/pump', params: { n: '5' } });
});

it('names the variable that is not known, and the secrets that have no value here', async () => {
  const fill = await fillerOf({ n: '5' }, ['device'])();
  expect(() => fill(call)).toThrow(/device/);
  try {
    fill(call);
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad-input', advice: expect.stringContaining('without a value on this computer: device.') as string });
  }
});
