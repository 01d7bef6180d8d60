import { expect, it } from 'vitest';
import { mockDeviceSchema } from '../../../../shared/contract/mock-devices.ts';
import { passedOverWords, resourceFaults } from './mock-words.ts';

it('tells what goes wrong on purpose, method by method', () => {
  const answer = { kind: 'state' as const };
  const { resources } = mockDeviceSchema.parse({
    ...{ id: 'd', name: 'D', tag: 'T' },
    resources: [
      {
        path: 'a',
        methods: [
          { method: 'GET', answer, faults: { dropRate: 1, unlistedRate: 0.125, unlistedCode: 298 } },
          { method: 'PUT', answer },
          { method: 'POST', answer, faults: { delayMs: 5 } },
        ],
      },
      { path: 'b', methods: [{ method: 'GET', answer }] },
    ],
  });
  expect(resources.map(resourceFaults)).toEqual([['GET: 100 % not answered, 12.5 % with the code 298', 'POST: 5 ms later'], []]);
});

it('tells why requests were passed over', () => {
  expect(passedOverWords({ retained: 0, otherSubsystem: 0 }, [])).toBeNull();
  expect(passedOverWords({ retained: 1, otherSubsystem: 0 }, [])).toContain('1 retained request, which the broker keeps');
  expect(passedOverWords({ retained: 2, otherSubsystem: 3 }, ['a', 'b'])).toMatch(/2 retained requests.*; 3 requests for a subsystem .*\(it has a, b\)/);
});
