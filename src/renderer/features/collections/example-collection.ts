import type { SavedRequestInput as AnyRequest } from '../../../shared/contract/collections.ts';

type SavedRequestInput = Extract<AnyRequest, { kind: 'rpc' }>;

/** What the demo device answers (docs/broker.md), asked in the order of a person who tries it out. */
const call = (name: string, method: string, more: Partial<SavedRequestInput> = {}): SavedRequestInput => ({
  kind: 'rpc',
  name,
  dialect: 'mqttxx2',
  topic: '{{device}}',
  method,
  timeoutMs: 5000,
  ...more,
});

export const exampleName = 'Demo thermostat';

export const exampleSettings = {
  description:
    'What can be asked of the simulated thermostat, and what it has to answer. Start the local broker, then run the whole collection. The topic of the device is the variable {{device}}.',
  variables: [{ name: 'device', value: 'edge/demo-thermostat' }],
};

/** By folder, `null` is the collection itself; in the order they run. */
export const exampleRequests: readonly { readonly folder: string | null; readonly requests: readonly SavedRequestInput[] }[] = [
  {
    folder: null,
    requests: [
      call('1 Read the status', 'get_status', {
        description: 'Its target is kept as a variable, to be set again at the end.',
        assertions: [
          { kind: 'status', is: 'ok' },
          { kind: 'path', path: '$.target', operator: 'exists' },
          { kind: 'time', belowMs: 2000 },
        ],
        captures: [{ name: 'target_before', path: '$.target' }],
      }),
    ],
  },
  {
    folder: '2 Change the target',
    requests: [
      call('1 Set the target', 'set_target', {
        params: '{\n  "target": 21.5\n}',
        assertions: [
          { kind: 'status', is: 'ok' },
          { kind: 'path', path: '$.target', operator: 'equals', value: 21.5 },
          { kind: 'schema', schema: { type: 'object', required: ['target'], properties: { target: { type: 'number' } } } },
        ],
      }),
      call('2 Refuse what is too hot', 'set_target', {
        description: 'A test of an error: it passes because the device refuses.',
        params: '{\n  "target": 99\n}',
        assertions: [
          { kind: 'status', is: 'failed' },
          { kind: 'path', path: '$.message', operator: 'matches', value: 'out of range' },
        ],
      }),
      call('3 Set the target back', 'set_target', {
        params: '{\n  "target": {{target_before}}\n}',
        assertions: [
          { kind: 'status', is: 'ok' },
          { kind: 'path', path: '$.target', operator: 'equals', value: '{{target_before}}' },
        ],
      }),
    ],
  },
  {
    folder: null,
    requests: [
      call('3 A method that does not exist', 'explode', {
        assertions: [{ kind: 'status', is: 'failed', error: 'METHOD_NOT_FOUND' }],
      }),
    ],
  },
];
