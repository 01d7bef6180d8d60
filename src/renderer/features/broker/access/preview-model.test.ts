import { expect, it } from 'vitest';
import { openAccess, type AccessPreview, type AccessSettings } from '../../../../shared/contract/broker-access.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { Engine } from '../../common/index.ts';
import { PreviewModel } from './preview-model.ts';
import { previewSummary, verdictWords } from './preview-words.ts';

const nothing: AccessPreview = { changes: [], omitted: 0, leaving: [], leavingTotal: 0, subscriptions: 0, publishes: 0, unknown: 0 };
const edited = (otherwise: 'allow' | 'deny'): AccessSettings => ({ ...openAccess, otherwise });

/** A model with an engine whose answers are given by hand, and a clock that is moved by hand. */
function setUp() {
  const asked: { readonly settings: unknown; readonly answer: (preview: AccessPreview | Error) => void }[] = [];
  const timers = new Map<number, () => void>();
  let lastTimer = 0;
  const call = (_name: string, settings: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      asked.push({ settings, answer: (preview) => (preview instanceof Error ? reject(preview) : resolve(preview)) });
    });
  const model = new PreviewModel({ call } as unknown as Pick<Engine, 'call'>, {
    requestFrame: (run) => run(),
    setTimer: (run) => {
      timers.set((lastTimer += 1), run);
      return lastTimer;
    },
    clearTimer: (timer) => void timers.delete(timer as number),
  });
  const pass = (): void => {
    const due = [...timers.values()];
    timers.clear();
    for (const run of due) run();
  };
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  return { model, asked, pass, settled, waiting: () => timers.size };
}

it('asks for the newest settings only, one question at a time, and again later', async () => {
  const { model, asked, pass, settled } = setUp();
  const [first, second, third] = [edited('deny'), edited('allow'), edited('deny')];
  model.show(first);
  model.show(second);
  pass();
  expect(asked.map(({ settings }) => settings)).toEqual([second]);
  model.show(third);
  pass();
  expect([asked.length, model.isBehind, model.outcome]).toEqual([1, true, null]);
  asked[0]?.answer(nothing);
  await settled();
  expect([model.outcome, model.isBehind]).toEqual([{ preview: nothing }, true]);
  pass();
  asked[1]?.answer({ ...nothing, publishes: 7 });
  await settled();
  expect([model.outcome, model.isBehind]).toEqual([{ preview: { ...nothing, publishes: 7 } }, false]);
  pass();
  expect(asked.map(({ settings }) => settings)).toEqual([second, third, third]);
});

it('tells what went wrong, and forgets what nobody asks about any more', async () => {
  const { model, asked, pass, settled, waiting } = setUp();
  model.show(edited('deny'));
  pass();
  asked[0]?.answer(new CodedError('invalid-state', 'Not now.', { advice: 'Later.' }));
  await settled();
  expect(model.outcome).toEqual({ problem: 'Not now.', advice: 'Later.' });
  pass();
  model.show(null);
  asked[1]?.answer(nothing);
  await settled();
  expect([model.outcome, model.isBehind, waiting()]).toEqual([null, false, 0]);
});

it('puts what would change into a sentence', () => {
  const change = (action: 'publish' | 'subscribe', allowed: boolean, count: number) => ({
    ...{ clientId: 'c', username: null, action, target: 't', count },
    before: { allowed: !allowed, rule: null },
    after: { allowed, rule: 2 },
  });
  expect(previewSummary(nothing)).toBeNull();
  expect(
    previewSummary({
      ...nothing,
      leavingTotal: 1,
      omitted: 3,
      changes: [change('subscribe', false, 1), change('publish', false, 4), change('publish', true, 1)],
    }),
  ).toBe('1 client would be disconnected; 1 subscription and 4 publishes would no longer be allowed; 1 publish would be allowed; and 3 more.');
  expect([verdictWords({ allowed: true, rule: null }), verdictWords({ allowed: false, rule: 2 })]).toEqual(['allowed, as no rule matches', 'denied by rule 3']);
});
