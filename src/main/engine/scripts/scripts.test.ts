import { afterAll, describe, expect, it } from 'vitest';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { readNumber } from '../../../shared/rpc/exact-number.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { createScripts, HostFailure, type ScriptOptions } from './index.ts';

const bugs: unknown[] = [];
const scripts = createScripts({ onBug: (error) => bugs.push(error) });
afterAll(() => scripts.close());

type Outcome =
  | { readonly value: JsonValue | undefined }
  | { readonly code: string; readonly message: string; readonly advice?: string; readonly data?: unknown };

const outcomeOf = (call: Promise<JsonValue | undefined>): Promise<Outcome> =>
  call.then(
    (value) => ({ value }),
    ({ code, message, advice, data }: CodedError) => ({ code, message, advice: advice ?? '', data }),
  );

/** One call of one script. */
async function run(source: string, args: readonly JsonValue[] = [], more: Partial<ScriptOptions> = {}): Promise<Outcome> {
  const script = scripts.open({ name: 'test.js', source, ...more });
  const outcome = await outcomeOf(script.call('default', args));
  script.close();
  return outcome;
}

async function printed(source: string, more: Partial<ScriptOptions> = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  await run(source, [], { onConsole: ({ level, text }) => void lines.push(`${level}: ${text}`), ...more });
  return lines;
}

const echo = { echo: ([value]: readonly JsonValue[]) => Promise.resolve(value) };
const never = { never: () => new Promise<JsonValue>(() => undefined) };

describe('a script', () => {
  it.each<readonly [source: string, args: readonly JsonValue[], value: unknown]>([
    ['export default (a, b) => a + b', [1, 2], 3],
    ['export default async ({ a }) => { await sleep(1); return { a, again: [a] }; }', [{ a: { b: null } }], { a: { b: null }, again: [{ b: null }] }],
    ['export default function () {}', [], undefined],
    ['const f = () => null; export { f as default }', [], null],
    ['export default async () => (await echo({ x: [1] })).x', [], [1]],
    ['const value = await echo(7); export default () => value', [], 7],
    ['export default () => ({ then: (done) => done(5) })', [], 5],
    [
      'export default () => ({ d: new Date(0), u: undefined, l: [undefined, , 1], n: new Number(1), o: { toJSON: () => "own" } })',
      [],
      { d: '1970-01-01T00:00:00.000Z', l: [null, null, 1], n: 1, o: 'own' },
    ],
    [
      'export default () => [typeof process, typeof require, typeof globalThis.fetch, typeof WebAssembly]',
      [],
      ['undefined', 'undefined', 'undefined', 'undefined'],
    ],
    ['export default () => new Promise((done) => setTimeout(done, 1, "late"))', [], 'late'],
    ['export default () => new Promise((done) => { clearTimeout(setTimeout(() => done("no"), 1)); setTimeout(() => done("yes"), 5); })', [], 'yes'],
    [
      'export default (text) => [...new TextEncoder().encode(text)].length + new TextDecoder().decode(new TextEncoder().encode(text))',
      ['é€😀\u0000'],
      '10é€😀\u0000',
    ],
    [
      'export default () => new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xff, 0xc3, 0xed, 0xa0, 0x80]))',
      [],
      'a\ufffd\ufffd\ufffd\ufffd\ufffd',
    ],
    ['export default () => [btoa("a"), btoa("ab\\xff"), atob("YQ=="), atob(" YWL/ ")]', [], ['YQ==', 'YWL/', 'a', 'ab\u00ff']],
    ['export default () => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())', [], true],
    ['export default () => new Set(crypto.getRandomValues(new Uint8Array(4096))).size > 200', [], true],
    ['export default () => Math.abs(Date.now() - new Date().getTime()) < 1000 && Math.random() !== Math.random()', [], true],
  ])('%s', async (source, args, value) => {
    expect(await run(source, args, { functions: echo })).toEqual({ value });
  });

  it('keeps the digits of whole numbers that a double cannot hold', async () => {
    const source = 'export default async ({ serial }) => [typeof serial, serial + 1n, await echo(serial), { small: 5n }]';
    const outcome = await run(source, [{ serial: readNumber('12345678901234567890') }], { functions: echo });
    expect(JSON.stringify(outcome)).toBe('{"value":["bigint",12345678901234567891,12345678901234567890,{"small":5}]}');
  });

  it('has own members of names that mean something to the language', async () => {
    const outcome = await run('export default (x) => [Object.keys(x), x]', [JSON.parse('{"__proto__":{"a":1},"constructor":2}') as JsonValue]);
    expect(JSON.stringify(outcome)).toBe('{"value":[["__proto__","constructor"],{"__proto__":{"a":1},"constructor":2}]}');
  });

  it('keeps its variables between calls, and shares none with others', async () => {
    const source = 'let n = 0; globalThis.shared = (globalThis.shared ?? 0) + 1; export const next = () => [(n += 1), shared];';
    const [one, two] = [scripts.open({ name: 'a.js', source }), scripts.open({ name: 'b.js', source })];
    expect(await one.call('next', [])).toEqual([1, 1]);
    expect(await one.call('next', [])).toEqual([2, 1]);
    expect(await two.call('next', [])).toEqual([1, 1]);
    one.close();
    two.close();
    await expect(one.call('next', [])).rejects.toMatchObject({ code: 'invalid-state' });
  });
});

describe('what is wrong is told with its place', () => {
  it.each<readonly [source: string, message: string, line: number | null, column: number | null]>([
    ['export default () => {\n  const x = null;\n  return x.foo;\n}', "cannot read property 'foo' of null", 3, 11],
    ['let a = ;', 'unexpected token', 1, 9],
    ['\n\nthrow new RangeError("at the top")', 'at the top', 3, 21],
    ['import { readFile }\n  from "node:fs";\nexport default 1', 'cannot import other modules: “node:fs”', 1, 1],
    ['export default async () => {\n  await import("fs");\n}', 'cannot import other modules: “fs”', 2, 9],
    ['const x = 1', 'has no default export', null, null],
    ['export default 5', 'is not a function', null, null],
    ['export default () => { throw null }', 'The script threw null.', null, null],
    ['export default () => { throw { code: 5 } }', 'The script threw { code: 5 }.', null, null],
    ['export default () => { throw "" }', 'an empty text', null, null],
    ['export default () => { throw new Error() }', 'Error without a message', 1, 39],
    ['export default () => { throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, ownKeys() { throw 3 } }) }', 'cannot be shown', null, null],
    ['export default () => { const e = new Error("x"); Object.defineProperty(e, "message", { get() { throw e } }); throw e }', 'without a message', 1, 43],
    ['export default () => Promise.reject(new TypeError("later"))', 'later', 1, 50],
    ['export default () => () => 1', 'The result is a function', null, null],
    ['export default () => ({ a: [1, { b: NaN }] })', 'The result: a[1].b is NaN', null, null],
    ['export default () => ({ "a b": Symbol("x") })', 'The result: ["a b"] is a symbol', null, null],
    ['export default () => { const a = {}; a.b = { a }; return a }', 'The result: b.a holds itself', null, null],
    ['export default () => ({ p: echo(1) })', 'The result: p is a promise. Did you forget “await”?', null, null],
    ['export default () => [new Map()]', 'Object.fromEntries', null, null],
    ['export default () => { let a = []; for (let n = 0; n < 600; n += 1) a = [a]; return a }', 'deeper than 500 levels', null, null],
    ['export default async () => {\n  await echo(() => 1);\n}', 'The arguments of echo(): [0] is a function', 2, 13],
    ['export default async () => {\n  await refuse();\n}', 'The broker refused it.', 2, 15],
  ])('%s', async (source, message, line, column) => {
    const refuse = (): Promise<JsonValue> => Promise.reject(new CodedError('publish-refused', 'The broker refused it.'));
    expect(await run(source, [], { functions: { ...echo, refuse } })).toMatchObject({
      code: 'script-error',
      message: expect.stringContaining(message) as string,
      data: { line, column },
    });
  });

  it('and with frames of the script alone', async () => {
    const outcome = await run('const inner = () => { throw new Error("x") };\nexport default () => [1].map(inner)');
    expect(outcome).toMatchObject({ data: { name: 'Error', stack: 'at inner (test.js:1:38)\nat map (native)\nat default (test.js:2:29)' } });
  });

  it('or is caught by the script, with its code', async () => {
    const functions = { refuse: () => Promise.reject(new HostFailure('RPC_TIMEOUT', 'No.')) };
    const source = 'export default async () => { try { await refuse() } catch (error) { return [error instanceof Error, error.message, error.code] } }';
    expect(await run(source, [], { functions })).toEqual({ value: [true, 'No.', 'RPC_TIMEOUT'] });
  });

  it('unless it is a bug of the workbench, which is reported', async () => {
    const bug = new TypeError('x is undefined');
    expect(await run('export default () => buggy()', [], { functions: { buggy: () => Promise.reject(bug) } })).toMatchObject({ code: 'script-error' });
    expect(bugs.splice(0)).toEqual([bug]);
  });

  it('before it runs', async () => {
    expect(await scripts.check('export default () => { for (;;); }\nfor (;;);')).toBeNull();
    expect(await scripts.check('export default () => {\n  retrun 1;\n}')).toMatchObject({ code: 'script-error', line: 2 });
    expect(await scripts.check('const a = 1;\nimport "fs";')).toMatchObject({ message: expect.stringContaining('“fs”') as string, line: 2, column: 1 });
    expect(await scripts.check('('.repeat(200_000))).toMatchObject({ code: 'script-error' });
    expect(await scripts.check('x'.repeat(300_000))).toMatchObject({ message: 'The script is longer than 262144 characters.' });
  });
});

describe('a script is stopped', () => {
  const cpu = { code: 'script-limit', message: expect.stringContaining('200 ms of processor time') as string };
  const memory = { code: 'script-limit', message: expect.stringContaining('16 MiB of memory') as string };
  const stack = { code: 'script-limit', message: expect.stringContaining('too deeply') as string };
  it.each<readonly [what: string, source: string, expected: object]>([
    ['a loop', 'export default () => {\n  for (;;);\n}', { ...cpu, data: { limit: 'cpu', reloaded: true, ownFault: true, line: 1 } }],
    ['a loop when it is loaded', 'let n = 0;\nfor (;;) n = Math.abs(n);', { ...cpu, data: { line: expect.any(Number) as number } }],
    ['a loop of promises', 'export default async () => { for (;;) await 0; }', cpu],
    ['a loop that catches', 'export default async () => { for (;;) try { for (;;); } catch {} finally { continue; } }', cpu],
    ['a getter of the result', 'export default () => ({ get a() { for (;;); } })', cpu],
    ['toJSON of the result', 'export default () => ({ toJSON() { for (;;); } })', cpu],
    [
      'toString in a message',
      'export default () => { throw { toString() { for (;;); }, get message() { for (;;); }, [Symbol.toPrimitive]() { for (;;); } } + "" }',
      cpu,
    ],
    [
      'an error whose message never comes',
      'export default () => { const e = new Error(); Object.defineProperty(e, "message", { get() { for (;;); } }); throw e }',
      cpu,
    ],
    ['a proxy as result', 'export default () => new Proxy({}, { ownKeys() { for (;;); } })', cpu],
    ['a proxy that is printed', 'export default () => console.log(new Proxy({}, { ownKeys() { for (;;); } }))', cpu],
    ['a then that never ends', 'export default () => ({ get then() { for (;;); } })', cpu],
    ['an expression that tries for ever', 'export default () => /(a+)+$/.test("a".repeat(40) + "b")', cpu],
    ['texts without end', 'export default () => { const all = []; for (;;) all.push("x".repeat(100000) + all.length) }', memory],
    ['lists without end', 'export default () => { const all = []; for (;;) all.push([all.length]) }', memory],
    ['bytes without end', 'export default () => { const all = []; for (;;) all.push(new Uint8Array(100000)) }', memory],
    ['one huge text', 'export default () => "x".repeat(1e9)', memory],
    ['functions without end', 'function f() { return f() + 1 }\nexport default () => f()', { ...stack, data: { limit: 'stack', reloaded: false, line: 1 } }],
    ['source that is nested too deeply', 'export default () => eval("(".repeat(100000))', stack],
    ['a large result', 'export default () => "é".repeat(600_000)', { code: 'script-limit', message: 'What the script gives is larger than 1 MiB of JSON.' }],
  ])('by its limits: %s', async (_what, source, expected) => {
    expect(await run(source, [], { limits: { cpuMs: 200, memoryBytes: 16 * 1024 * 1024 } })).toMatchObject(expected);
  });

  it('when it waits for what never comes', async () => {
    expect(await run('export default () => new Promise(() => {})', [], { limits: { wallMs: 50 } })).toMatchObject({
      message: 'The script was not done after 50 ms.',
    });
    expect(await run('export default () => never()', [], { limits: { wallMs: 50 }, functions: never })).toMatchObject({ data: { limit: 'wall' } });
    expect(await run('export default async () => { for (;;) await sleep(1); }', [], { limits: { wallMs: 50 } })).toMatchObject({ data: { limit: 'wall' } });
  });

  it('by who called it: while it waits, while it works, and before it begins', async () => {
    let tellStarted = (): void => undefined;
    const functions = {
      ...never,
      started: (): Promise<undefined> => {
        tellStarted();
        return Promise.resolve(undefined);
      },
    };
    const source = `let n = 0; export const count = () => (n += 1);
      export const work = () => { started(); for (;;); };
      export const wait = () => { started(); return never(); };`;
    const script = scripts.open({ name: 'test.js', source, functions, limits: { cpuMs: 20_000 } });
    expect(await script.call('count', [])).toBe(1);
    for (const name of ['wait', 'work']) {
      const cancel = new AbortController();
      const started = new Promise<void>((resolve) => (tellStarted = resolve));
      const call = script.call(name, [], { signal: cancel.signal });
      await started;
      cancel.abort();
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    }
    await expect(script.call('count', [], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
    // It was stopped in the middle of its work: nobody knows what its variables hold.
    expect(await script.call('count', [])).toBe(1);
    script.close();
  });

  it('with the functions it waits for', async () => {
    const cancel = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      const slow = (_args: readonly JsonValue[], signal: AbortSignal): Promise<JsonValue> => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        queueMicrotask(() => cancel.abort());
        return never.never();
      };
      const script = scripts.open({ name: 'test.js', source: 'export default () => slow()', functions: { slow } });
      void outcomeOf(script.call('default', [], { signal: cancel.signal })).then(() => script.close());
    });
    await expect(aborted).resolves.toBeUndefined();
  });

  it('and starts anew after a limit', async () => {
    const script = scripts.open({
      name: 'test.js',
      source: 'let n = 0; export const count = () => (n += 1); export const loop = () => { for (;;); };',
      limits: { cpuMs: 50 },
    });
    expect([await script.call('count', []), await script.call('count', [])]).toEqual([1, 2]);
    expect(await outcomeOf(script.call('loop', []))).toMatchObject({ message: expect.stringContaining('starts anew') as string });
    expect(await script.call('count', [])).toBe(1);
    script.close();
  });
});

describe('calls of one script at once', () => {
  it('share what one of them waits for', async () => {
    let asked = 0;
    const functions = { login: () => new Promise<JsonValue>((done) => setTimeout(() => done((asked += 1)), 20)), ...echo };
    const source = 'let token; export default async (n) => { token ??= login(); return [await token, await echo(n), n]; }';
    const script = scripts.open({ name: 'test.js', source, functions });
    const all = await Promise.all(Array.from({ length: 30 }, (_, n) => script.call('default', [n])));
    expect(all).toEqual(Array.from({ length: 30 }, (_, n) => [1, n, n]));
    script.close();
  });

  it('are told apart by what they print and ask for', async () => {
    const heard: string[] = [];
    const functions = {
      who: (_args: readonly JsonValue[], _signal: AbortSignal, context: unknown) => Promise.resolve(context as string),
    };
    const script = scripts.open({
      name: 'test.js',
      source: 'export default async (n) => { await sleep(5 - n); const me = await who(); console.log(n, me); return me; }',
      functions,
      onConsole: ({ text, call }) => void heard.push(`${text} ${String(call)}`),
    });
    expect(await Promise.all([1, 2, 3].map((n) => script.call('default', [n], { context: `call ${n}` })))).toEqual(['call 1', 'call 2', 'call 3']);
    expect(heard.toSorted()).toEqual(['1 call 1 call 1', '2 call 2 call 2', '3 call 3 call 3']);
    script.close();
  });

  it('are bounded', async () => {
    const script = scripts.open({ name: 'test.js', source: 'export default () => never()', functions: never, limits: { concurrentCalls: 2 } });
    const running = [script.call('default', []), script.call('default', [])].map(outcomeOf);
    await expect(script.call('default', [])).rejects.toMatchObject({ code: 'too-many-requests' });
    script.close();
    expect(await Promise.all(running)).toMatchObject([{ code: 'cancelled' }, { code: 'cancelled' }]);
  });

  it('end with the one that had to be stopped, and say so', async () => {
    const script = scripts.open({
      name: 'test.js',
      source: 'export const wait = () => never(); export const loop = () => { for (;;); };',
      functions: never,
      limits: { cpuMs: 50 },
    });
    const waiting = outcomeOf(script.call('wait', []));
    expect(await outcomeOf(script.call('loop', []))).toMatchObject({ data: { ownFault: true } });
    expect(await waiting).toMatchObject({ code: 'script-limit', data: { limit: 'cpu', ownFault: false, reloaded: true } });
    script.close();
  });
});

describe('functions of the host', () => {
  it('may be called thousands of times, a hundred at once', async () => {
    const counted = { count: ([n]: readonly JsonValue[]) => Promise.resolve((n as number) + 1) };
    expect(await run('export default async () => { let n = 0; while (n < 3000) n = await count(n); return n; }', [], { functions: counted })).toEqual({
      value: 3000,
    });
    expect(
      await run('export default () => Promise.all(Array.from({ length: 100 }, (_, n) => count(n))).then((all) => all.length)', [], { functions: counted }),
    ).toEqual({ value: 100 });
    expect(await run('export default () => Promise.all(Array.from({ length: 101 }, (_, n) => count(n)))', [], { functions: counted })).toMatchObject({
      code: 'script-error',
      message: 'More than 100 functions are under way at once in this call.',
      advice: expect.stringContaining('await') as string,
    });
  });

  it('go on when nobody waits for them, and what they give is lost', async () => {
    const sent: JsonValue[] = [];
    const functions = { publish: ([value]: readonly JsonValue[]) => Promise.resolve(void sent.push(value ?? null)) };
    expect(await run('export default () => { publish(1); publish(2).then(() => publish(3)); return "done" }', [], { functions })).toEqual({ value: 'done' });
    expect(sent.slice(0, 2)).toEqual([1, 2]);
  });

  it('are out of reach for what a script does to its own language', async () => {
    const source =
      'Array.prototype.push = Promise.prototype.then = JSON.stringify = Map.prototype.get = Object.defineProperty = () => { throw 1; }; export default () => echo(1)';
    expect(await run(source, [], { functions: echo, limits: { wallMs: 200 } })).toMatchObject({ code: expect.stringMatching(/^script-/) as string });
    expect(await run('export default () => echo(1)', [], { functions: echo })).toEqual({ value: 1 });
  });

  it('of any name are globals that the script may shadow', async () => {
    expect(await run('const echo = () => 9; export default () => echo(1)', [], { functions: echo })).toEqual({ value: 9 });
    expect(await run('export default () => toString(1)', [], { functions: { toString: () => Promise.resolve('own') } })).toEqual({ value: 'own' });
  });

  it('refuse what is too large', async () => {
    const outcome = await run('export default () => echo("x".repeat(2e6))', [], { functions: echo });
    expect(outcome).toMatchObject({ code: 'script-limit', data: { limit: 'result' } });
    await expect(scripts.open({ name: 'x.js', source: '' }).call('default', ['x'.repeat(1_100_000)])).rejects.toMatchObject({ code: 'payload-too-large' });
  });
});

describe('the console', () => {
  it('shows values as they are', async () => {
    expect(
      await printed(
        `export default () => { console.log("a", 1, -0, 5n, null, undefined, true, Symbol("s")); console.info({ a: { b: { c: { d: { e: 1 } } } }, "x y": [1, "2"], f() {}, get g() { throw 1 } });
         console.warn(new Map([["k", new Set([1])]]), new Uint8Array([1, 2]), new Date(0), /x/g, Object.create(null), new (class Own { z = 1 })());
         console.error("%s is %d%% of %o", "x", "12.5", { y: 1 }, "rest"); console.debug(); const c = []; c.push(c); console.log(c); console.assert(false, "no") }`,
      ),
    ).toEqual([
      'log: a 1 -0 5n null undefined true Symbol(s)',
      'info: { a: { b: { c: { d: [Object] } } }, "x y": [1, "2"], f: [Function f], g: [Getter] }',
      'warn: Map(1) {"k" => Set(1) {1}} Uint8Array(2) [1, 2] 1970-01-01T00:00:00.000Z /x/g {} Own { z: 1 }',
      'error: x is 12.5% of { y: 1 } rest',
      'debug: ',
      'log: [[Circular]]',
      'error: Assertion failed: no',
    ]);
  });

  it('is bounded in lines, bytes and the length of a line', async () => {
    const flood = await printed('export default () => { for (let n = 0; n < 1e4; n += 1) console.log(n) }');
    expect([flood.length, flood[199], flood[200]]).toEqual([201, 'log: 199', expect.stringContaining('more than 200 lines or 65536 bytes')]);
    expect(await printed('export default () => { for (let n = 0; n < 100; n += 1) console.log("x".repeat(8000)) }')).toHaveLength(9);
    expect((await printed('export default () => console.log("x".repeat(1e6))'))[0]).toMatch(/^log: x{8192}… \(991808 more characters\)$/);
  });

  it('tells of what nobody caught in a timer', async () => {
    expect(await printed('export default async () => { setTimeout(() => { throw new Error("lost") }, 1); await sleep(20); }')).toEqual([
      'error: In setTimeout: Error: lost\n    at <anonymous> (test.js:1:64)',
    ]);
  });

  it('is not needed for promises that are lost', async () => {
    expect(await run('export default () => { Promise.reject(new Error("lost")); return 1 }')).toEqual({ value: 1 });
  });
});

describe('threads', () => {
  it('are few for many scripts, start with the first call and end when nobody needs them', async () => {
    const own = createScripts({ onBug: (error) => bugs.push(error), idleMs: 20 });
    const all = Array.from({ length: 100 }, (_, n) => own.open({ name: `${n}.js`, source: `let n = ${n}; export default () => (n += 1000)` }));
    expect(own.threadCount).toBe(0);
    expect(await Promise.all(all.map((script) => script.call('default', [])))).toEqual(all.map((_, n) => n + 1000));
    expect(own.threadCount).toBe(2);
    for (const script of all) script.close();
    await expect.poll(() => own.threadCount).toBe(0);
    const again = own.open({ name: 'again.js', source: 'export default () => 1' });
    expect(await again.call('default', [])).toBe(1);
    await own.close();
    expect(own.threadCount).toBe(0);
  });

  it('that do not come back are ended with what ran in them, and the culprit is kept apart from then on', { timeout: 60_000 }, async () => {
    const own = createScripts({ onBug: (error) => bugs.push(error), lookEveryMs: 50 });
    const good = own.open({ name: 'good.js', source: 'let n = 0; export const next = () => (n += 1); export const wait = () => never();', functions: never });
    // Joining is done by the machine itself, which is deaf meanwhile.
    const evil = own.open({ name: 'evil.js', source: 'export default () => new Array(1e9).join("x").length', limits: { cpuMs: 50 } });
    expect(await good.call('next', [])).toBe(1);
    const waiting = outcomeOf(good.call('wait', []));
    expect(await outcomeOf(evil.call('default', []))).toMatchObject({ code: 'script-limit', data: { limit: 'cpu', reloaded: true } });
    expect(await waiting).toMatchObject({ code: 'worker-crashed', message: expect.stringContaining('Another script') as string });
    expect(await good.call('next', [])).toBe(1);
    const again = outcomeOf(evil.call('default', []));
    expect(await good.call('next', [])).toBe(2);
    expect(await again).toMatchObject({ code: 'script-limit' });
    expect(await good.call('next', [])).toBe(3);
    await own.close();
  });
});

it('no bug was seen', () => expect(bugs).toEqual([]));
