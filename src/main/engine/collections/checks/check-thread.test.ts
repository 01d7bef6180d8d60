import { afterAll, describe, expect, it } from 'vitest';
import type { Check } from '../../../../shared/collections/check.ts';
import { readNumber } from '../../../../shared/rpc/exact-number.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { createCheckThread, type CheckSubject } from './check-thread.ts';
import { createSchemaThread } from './schema-thread.ts';

const thread = createCheckThread({ limitMs: 400 });
afterAll(() => thread.close());
const never = new AbortController().signal;
const ok = (body: JsonValue): CheckSubject => ({ status: 'ok', errorName: null, errorText: '', body, elapsedMs: 1 });
const passed = async (checks: readonly Check[], body: JsonValue): Promise<readonly (boolean | string | undefined)[]> =>
  (await thread.run(checks, ok(body), never)).map(({ assertion }) => (assertion?.passed === false ? assertion.message : assertion?.passed));
const stopped = 'It took longer than 0.4 s, and was stopped.';
const evil = 'a'.repeat(40);

describe('what would hang the engine', () => {
  it.each([
    ['an expression that tries for ever', { kind: 'path', path: '$', operator: 'matches', value: '^(a+)+$' }, `${evil}!`, stopped],
    ['a function of a path', { kind: 'path', path: '$[?match(@, "(a|a)*b")]', operator: 'exists' }, [evil], stopped],
    ['a pattern of a schema', { kind: 'schema', schema: { pattern: '^(a+)+$' } }, `${evil}!`, stopped],
    [
      'a path that finds everything of everything',
      { kind: 'path', path: '$..[?$..[?$..[?@.x == 1]]]', operator: 'exists' },
      Array.from({ length: 300 }, (_, n) => [n]),
      stopped,
    ],
  ] as [string, Check, JsonValue, string][])('is stopped, and what comes after it goes on: %s', async (_what, check, body, message) => {
    const sane: Check = { kind: 'path', path: '$', operator: 'exists' };
    expect(await passed([sane, check, sane], body)).toEqual([true, message, true]);
  });

  it('may be cancelled', async () => {
    const cancel = new AbortController();
    const run = thread.run([{ kind: 'path', path: '$', operator: 'matches', value: '^(a+)+$' }], ok(`${evil}!`), cancel.signal);
    cancel.abort();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(await passed([{ kind: 'status', is: 'ok' }], 1)).toEqual([true]);
  });
});

it('keeps the digits of numbers on the way there and back', async () => {
  const [outcome] = await thread.run([{ kind: 'capture', name: 'serial', path: '$.n' }], ok({ n: readNumber('12345678901234567890') }), never);
  expect(outcome?.captured).toEqual({ name: 'serial', value: '12345678901234567890' });
});

it('serves several runs at once', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, (_, n) => passed([{ kind: 'path', path: '$', operator: 'equals', value: n }], n)));
  expect(all.flat()).toEqual([true, true, true, true, true]);
});

describe('many runs at once', () => {
  const slow: Check = { kind: 'path', path: '$', operator: 'matches', value: '^(a+)+$' };

  it('share few threads, and those that wait may be cancelled', async () => {
    const few = createCheckThread({ maxThreads: 2 });
    const stop = new AbortController();
    const cancel = new AbortController();
    const ends: string[] = [];
    const start = (name: string, check: Check, signal = never): Promise<unknown> =>
      few.run([check], ok(`${evil}!`), signal).then(
        () => ends.push(name),
        () => ends.push(`${name} cancelled`),
      );
    const hanging = [start('first', slow, stop.signal), start('second', slow, stop.signal)];
    const waiting = start('third', { kind: 'status', is: 'ok' });
    const gone = start('fourth', { kind: 'status', is: 'ok' }, cancel.signal);
    cancel.abort();
    await gone;
    expect(ends, 'nobody waits for a turn that is not wanted any more').toEqual(['fourth cancelled']);
    // Long enough for a thread that should not be there to answer.
    await passed([{ kind: 'status', is: 'ok' }], 1);
    expect(ends).toHaveLength(1);
    stop.abort();
    await Promise.all([...hanging, waiting]);
    expect(ends.slice(1)).toEqual(['first cancelled', 'second cancelled', 'third']);
    few.close();
  });

  it('end with the threads: nothing is started afterwards', async () => {
    const closing = createCheckThread();
    const hanging = closing.run([slow, slow], ok(`${evil}!`), never);
    const after = closing.run([{ kind: 'status', is: 'ok' }], ok(1), never);
    await after;
    closing.close();
    await expect(hanging).rejects.toMatchObject({ code: 'cancelled' });
    await expect(closing.run([{ kind: 'status', is: 'ok' }], ok(1), never)).rejects.toMatchObject({ code: 'cancelled' });
    const schemas = createSchemaThread();
    schemas.close();
    await expect(schemas.problem({ type: 'string' }, 1)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('has nothing to do without checks', async () => {
  expect(await thread.run([], ok(1), never)).toEqual([]);
});
