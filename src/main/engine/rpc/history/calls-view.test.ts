import { expect, it } from 'vitest';
import type { CallsFrame } from '../../../../shared/contract/call-history.ts';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { CallsView } from './calls-view.ts';

const row = (id: number): CallRow => ({
  id,
  source: 'broker',
  dialect: 'mqttxx2',
  topic: 'edge/pump',
  method: 'run',
  callerId: '',
  own: false,
  state: 'ok',
  duplicates: 0,
  timeUs: 0,
  elapsedMs: 1,
  responseCode: null,
  correlationId: null,
  errorText: null,
});

/** A list of three calls on the disk, whose rows come, or fail, as told: the first answer first, the last one for all that follow. */
async function framesOf(answers: readonly (readonly CallRow[] | Error)[]): Promise<CallsFrame> {
  let asked = 0;
  const view = new CallsView(
    {
      recent: { get: () => undefined, newestFirst: () => [] },
      store: {
        scan(_filter, { step, end }) {
          queueMicrotask(() => {
            step({ ids: [3, 2, 1], looked: 3, total: 3 });
            end();
          });
          return () => undefined;
        },
        rows() {
          const answer = answers[Math.min(asked, answers.length - 1)] as readonly CallRow[] | Error;
          asked += 1;
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
        },
      },
      flush: () => undefined,
      notStored: () => 0,
      onChange: () => undefined,
    },
    {},
    { first: 0, count: 10, frozen: false },
  );
  let last: CallsFrame | undefined;
  for (let turn = 0; turn < 100; turn += 1) {
    last = view.frame() ?? last;
    await Promise.resolve();
  }
  view.close();
  return last as CallsFrame;
}

const rows = [row(3), row(2), row(1)];
const restarted = new CodedError('engine-restarted');

it('asks for its rows again when the thread of the store was started anew', async () => {
  const frame = await framesOf([restarted, restarted, rows]);
  expect(frame).toMatchObject({ total: 3, problem: null });
  expect(frame.rows.map(({ id }) => id)).toEqual([3, 2, 1]);
});

it('gives up, and says why, when they never come', async () => {
  expect(await framesOf([restarted])).toMatchObject({ rows: [], total: 0, problem: restarted.message });
  expect(await framesOf([new CodedError('store-unavailable')])).toMatchObject({ rows: [], total: 0, problem: expect.any(String) as string });
});

it('leaves out what is not there any more', async () => {
  expect(await framesOf([[row(3), row(1)]])).toMatchObject({ total: 2, problem: null });
});
