import { expect, it } from 'vitest';
import type { BatchStatus } from '../../../shared/contract/rpc-batches.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Engine } from '../common/index.ts';
import { batchState, createBatchStore, shownBatch, type BatchStore } from './batch-store.ts';
import { toBatchInput, type BatchInput, type BatchPlan, type CallMode } from './batch-plan.ts';
import { emptyDraft } from './call-draft.ts';

const made = (mode: CallMode, plan: BatchPlan): BatchInput | undefined => toBatchInput('broker', { ...emptyDraft, topic: 'edge/a', method: 'get' }, mode, plan);
const status = (id: string, more: Partial<BatchStatus> = {}): BatchStatus => ({
  id,
  source: 'broker',
  kind: 'repeat',
  dialect: 'mqttxx2',
  topic: 'edge/a',
  method: 'get',
  correlationId: null,
  environment: null,
  phase: 'running',
  total: 10,
  pending: 1,
  outcomes: { ok: 3, failed: 0, 'timed-out': 0, cancelled: 0 },
  errors: [],
  otherErrors: 0,
  startedAt: 1,
  elapsedMs: 5,
  callsPerSecond: 1,
  latency: null,
  unlisted: 0,
  firstFailedCall: null,
  problem: null,
  ...more,
});

function setUp(answer: () => Promise<{ readonly id: string }>): { readonly store: BatchStore; readonly shown: (known: readonly BatchStatus[]) => unknown } {
  const store = createBatchStore({ call: answer } as unknown as Engine);
  store.setMode('broker', 'repeat');
  return { store, shown: (known) => shownBatch(batchState(store.state.getState(), 'broker'), 'repeat', known) };
}

it('shows the batch that was started, then another that is chosen', async () => {
  const { store, shown } = setUp(async () => ({ id: 'b1' }));
  expect(await store.start('broker', made)).toBe(true);
  expect(shown([status('b2'), status('b1')])).toMatchObject({ status: { id: 'b1' }, lost: false });
  store.show('broker', 'repeat', 'b2');
  expect(shown([status('b2'), status('b1')])).toMatchObject({ status: { id: 'b2' } });
});

it('tells that a batch is lost when another run of the engine does not know it', async () => {
  const { store, shown } = setUp(async () => ({ id: 'b1' }));
  await store.start('broker', made);
  store.seen('broker', [status('b1', { outcomes: { ok: 7, failed: 0, 'timed-out': 0, cancelled: 0 } })]);
  expect(shown([])).toMatchObject({ status: { id: 'b1', outcomes: { ok: 7 } }, lost: true });
  store.show('broker', 'repeat', null);
  expect(shown([])).toBeNull();
});

it('keeps why a batch could not be started, until something is changed', async () => {
  const { store } = setUp(() => Promise.reject(new CodedError('broker-not-running')));
  expect(await store.start('broker', made)).toBe(false);
  expect(batchState(store.state.getState(), 'broker').refused).toMatchObject({ code: 'broker-not-running' });
  store.edit('broker', { times: 20 });
  expect(batchState(store.state.getState(), 'broker')).toMatchObject({ refused: null, starting: false, plan: { times: 20 } });
});

it('sends nothing while something is wrong, and shows it then', async () => {
  const { store } = setUp(() => Promise.reject(new Error('not asked for')));
  expect(await store.start('broker', () => undefined)).toBe(false);
  expect(batchState(store.state.getState(), 'broker')).toMatchObject({ reveal: true, refused: null });
});
