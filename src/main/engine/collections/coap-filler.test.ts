import { expect, it } from 'vitest';
import { coapUdpContract, type CoapUdpRequest } from '../../../shared/contract/coap-udp.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { createCoapFiller } from './coap-filler.ts';

const fillWith = (values: Readonly<Record<string, string>>, missing: readonly string[] = []): ReturnType<ReturnType<typeof createCoapFiller>> =>
  createCoapFiller({
    environments: { activeVariables: () => Promise.resolve({ values: new Map(Object.entries(values)), secrets: [], missing, environment: null }) },
    now: () => 0,
    random: () => 0,
  })();
const request = (more: object): CoapUdpRequest =>
  coapUdpContract['coapUdp.request'].input.parse({ uri: 'coap://{{host}}/x', method: 'PUT', variables: {}, ...more });

it('fills in address, values of options and payload, and leaves bytes as they are', async () => {
  const fill = await fillWith({ host: 'lab:5684', format: '50', on: 'true' });
  const bytes = Uint8Array.of(0x7b, 0x7b);
  const options = [
    { number: 17, text: '{{format}}' },
    { number: 4, value: bytes },
  ];
  const filled = fill(request({ options, variables: { payload: { text: '{"on": {{on}}}', as: 'text' } } }));
  expect(filled).toMatchObject({ uri: 'coap://lab:5684/x', payload: new TextEncoder().encode('{"on": true}') });
  expect(filled.options).toEqual([
    { number: 4, value: bytes },
    { number: 17, text: '50' },
  ]);
  expect(filled).not.toHaveProperty('variables');
  expect(fill(request({ payload: bytes })).payload).toEqual(bytes);
  expect(fill.address('coap://{{host}}/')).toBe('coap://lab:5684/');
});

it('says what is not known, or cannot be, before anything is sent', async () => {
  const fill = await fillWith({ scheme: 'coaps' }, ['token']);
  const problemOf = (more: object): readonly unknown[] => {
    try {
      return [fill(request(more))];
    } catch (error) {
      return error instanceof CodedError ? [error.code, error.message, error.advice] : [error];
    }
  };
  expect(problemOf({})).toEqual([
    'bad-input',
    'The address: “host” is not known.',
    expect.stringContaining('Secrets of the environment without a value on this computer: token.'),
  ]);
  expect(problemOf({ uri: '{{scheme}}://h/' }).slice(0, 2)).toEqual(['invalid-uri', 'coaps:// is CoAP over DTLS, which the workbench does not speak.']);
  expect(problemOf({ uri: 'coap://h/', variables: { payload: { text: 'xyz', as: 'hex' } } })[1]).toContain('hexadecimal');
});
