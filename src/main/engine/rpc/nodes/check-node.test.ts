import { expect, it } from 'vitest';
import { rpcNodeSchema, type RpcNodeInput, type ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { nodeProblem } from './check-node.ts';

const node = (more: Partial<RpcNodeInput>): ReturnType<typeof nodeProblem> =>
  nodeProblem(rpcNodeSchema.parse({ id: 'n', name: 'N', source: 'broker', ...more }));
const method = (name: string, answer: ServedMethod['answer'] = { kind: 'static', result: null }) => ({ name, answer });
const nested = (levels: number): JsonValue => (levels === 0 ? 1 : [nested(levels - 1)]);

it('takes what can be used', () => {
  expect(node({ topic: 'devices/+/rpc', methods: [method('a'), method('b', { kind: 'static', result: nested(48) as never })] })).toBeNull();
  expect(node({ topic: '$share/group/a/#' })).toBeNull();
});

it.each<[string, Partial<RpcNodeInput>, string, RegExp]>([
  ['a filter that is none', { topic: 'a/#/b' }, 'invalid-topic', /#/],
  ['two methods of one name', { methods: [method('a'), method('a')] }, 'bad-input', /two methods named "a"/],
  [
    'two rules of one id',
    {
      rules: [
        { id: 'r', effect: 'deny' },
        { id: 'r', effect: 'allow' },
      ],
    },
    'bad-input',
    /two rules/,
  ],
  ['a result too deep for the page', { methods: [method('a', { kind: 'static', result: nested(49) as never })] }, 'bad-input', /deeper than 48/],
  ['a client id that is no level of a topic', { clientId: 'a/b', presence: true }, 'bad-input', /level of a topic/],
  [
    'more than 4 MiB',
    { methods: Array.from({ length: 20 }, (_, n) => method(String(n), { kind: 'script', source: 'x'.repeat(250_000) })) },
    'payload-too-large',
    /4 MiB/,
  ],
])('refuses %s', (_what, more, code, message) => {
  expect(node(more)).toMatchObject({ code, message: expect.stringMatching(message) as string });
});
