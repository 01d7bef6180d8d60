import { expect, it } from 'vitest';
import { emptyPlan, variablesOf } from '../../rpc/index.ts';
import { batchProblems, devicesForm, lineOf, sendLabel, toBatch } from './batch-plan.ts';
import { emptyDraft, type RequestDraft } from './request-draft.ts';

const draft: RequestDraft = { ...emptyDraft, subsystem: 's', target: 'A', path: 'x', method: 'PUT', body: '1' };
const none = variablesOf({ environments: [], activeId: null } as unknown as Parameters<typeof variablesOf>[0]);
const lines = [lineOf(draft), lineOf({ ...draft, target: 'B', method: 'GET', body: '' })];
const batch = (mode: 'repeat' | 'fan-out' | 'requests', more: object = {}) => ({ mode, plan: emptyPlan, lines, share: true, ...more });

it('reads devices by tag, with their subsystem, or by topic', () => {
  const form = devicesForm(draft);
  expect(form.read('A\nother/B\ngf_int_v1/s/request/A\n\nns/sub/request/C').topics).toEqual([
    'gf_int_v1/s/request/A',
    'gf_int_v1/other/request/B',
    'ns/sub/request/C',
  ]);
  expect(form.read('a/b/c').problem).toBe('Line 1: Write SUBSYSTEM/DEVICE.');
  expect(form.read('A\ns/+').problem).toContain('Line 2: The tag contains "+"');
  expect(devicesForm({ ...draft, subsystem: '' }).read('A').problem).toContain('subsystem before it');
  expect(['gf_int_v1/s/request/A', 'ns/s/request/A'].map(form.lineOf)).toEqual(['s/A', 'ns/s/request/A']);
});

it('gives all requests one correlation id, unless one is written', () => {
  const made = toBatch('broker', draft, batch('repeat'), none, () => 'new');
  expect(made).toMatchObject({ plan: { kind: 'repeat', times: 10 }, call: { params: 1, envelope: { correlationId: 'new' } } });
  expect(toBatch('broker', { ...draft, correlationId: 'mine' }, batch('repeat'), none, () => 'new')?.call.envelope).toEqual({ correlationId: 'mine' });
  expect(toBatch('broker', draft, batch('repeat', { share: false }), none, () => 'new')?.call.envelope).toEqual({});
});

it('sends to many devices, and lists of requests', () => {
  const plan = { ...emptyPlan, peers: 'A\nt/B' };
  expect(toBatch('broker', { ...draft, target: '' }, batch('fan-out', { plan }), none, () => 'c')).toMatchObject({
    plan: { kind: 'fan-out', topics: ['gf_int_v1/s/request/A', 'gf_int_v1/t/request/B'] },
  });
  expect(toBatch('broker', { ...draft, path: '' }, batch('requests'), none, () => 'c')?.plan).toEqual({
    kind: 'requests',
    requests: [
      { topic: 'gf_int_v1/s/request/A', method: 'PUT x', params: 1 },
      { topic: 'gf_int_v1/s/request/B', method: 'GET x', params: null },
    ],
  });
  const withVariable = [...lines, lineOf({ ...draft, body: '"{{$uuid}}"' })];
  expect(toBatch('broker', draft, batch('requests', { lines: withVariable }), none, () => 'c')).toMatchObject({
    variables: true,
    plan: { requests: [{ params: '1' }, { params: '' }, { params: '"{{$uuid}}"' }] },
  });
});

it('says what keeps a batch from being sent', () => {
  expect(batchProblems(draft, 'requests', emptyPlan, [], none)).toEqual({ lines: 'Add the requests of the batch first.' });
  expect(batchProblems(draft, 'requests', emptyPlan, [...lines, lineOf({ ...draft, body: '{{nope}}' })], none).lines).toContain('Request 3: ');
  expect(batchProblems({ ...draft, requestId: 'one' }, 'repeat', emptyPlan, lines, none)).toEqual({
    requestId: expect.stringContaining('of its own') as string,
  });
  expect(batchProblems(draft, 'fan-out', emptyPlan, lines, none)).toEqual({ peers: 'Choose the devices.' });
  expect(toBatch('broker', draft, batch('fan-out'), none, () => 'c')).toBeUndefined();
});

it('says on the button what is sent', () => {
  const label = (mode: Parameters<typeof sendLabel>[0]): string => sendLabel(mode, { ...emptyPlan, times: 1000, peers: 'A' }, draft, lines);
  expect(['once', 'repeat', 'fan-out', 'requests'].map((mode) => label(mode as 'once'))).toEqual(['Send', 'Send 1,000 times', 'Send to 1 device', 'Send 2']);
});
