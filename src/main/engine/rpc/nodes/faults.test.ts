import { expect, it } from 'vitest';
import { rpcNodeSchema, type RpcFaults } from '../../../../shared/contract/rpc-nodes.ts';
import { planFaults } from './faults.ts';

const faults = (more: Partial<RpcFaults> = {}): RpcFaults => {
  const method = { name: 'm', answer: { kind: 'error' as const, message: '' }, faults: more };
  return rpcNodeSchema.parse({ id: 'n', name: 'N', source: 'broker', methods: [method] }).methods[0]?.faults as RpcFaults;
};

it('lets nothing go wrong by default, and asks for no chance', () => {
  const noChance = (): number => {
    throw new Error('asked');
  };
  expect(planFaults(faults(), noChance)).toEqual({ errorText: null, times: 1, delayMs: 0 });
});

it('a rate of 1 is always, of 0 never', () => {
  for (const chance of [0, 0.5, 0.999_999]) {
    const always = faults({ errorRate: 1, errorText: 'boom', duplicateRate: 1, duplicates: 2, lateRate: 1, lateMs: 7000 });
    expect(planFaults(always, () => chance)).toEqual({ errorText: 'boom', times: 3, delayMs: 7000 });
    expect(planFaults(faults({ errorText: 'boom', duplicates: 2, lateMs: 7000 }), () => chance)).toEqual({ errorText: null, times: 1, delayMs: 0 });
    expect(planFaults(faults({ dropRate: 1, duplicateRate: 1 }), () => chance)).toMatchObject({ times: 0 });
  }
});

it('a rate between is that part of the answers', () => {
  let at = 0;
  const steps = (): number => (at++ % 10) / 10;
  const dropped = Array.from({ length: 100 }, () => planFaults(faults({ dropRate: 0.3 }), steps)).filter(({ times }) => times === 0);
  expect(dropped).toHaveLength(30);
});

it('the jitter is added to the delay', () => {
  expect(planFaults(faults({ delayMs: 100, jitterMs: 50 }), () => 0.5).delayMs).toBe(125);
});
