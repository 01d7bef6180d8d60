import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { connect, type Client } from '../../src/shared/ipc/connect.ts';
import { call, stream } from '../../src/shared/ipc/contract.ts';
import { CodedError } from '../../src/shared/ipc/errors.ts';
import type { Frame } from '../../src/shared/ipc/frames.ts';
import { serve, type Handlers } from '../../src/shared/ipc/serve.ts';
import type { StreamSink } from '../../src/shared/ipc/stream-sink.ts';
import type { Transport } from '../../src/shared/ipc/transport.ts';
import { maxFrameBytes, transportKinds, type TransportKind } from './transports.ts';

const contract = {
  'math.double': call<number>()(z.strictObject({ value: z.number(), nested: z.strictObject({ deep: z.int() }).optional() })),
  'bytes.echo': call<Uint8Array>()(z.instanceof(Uint8Array)),
  'value.echo': call<unknown>()(z.unknown()),
  'bytes.make': call<Uint8Array>()(z.int()),
  'work.forever': call<void>()(z.undefined()),
  'fail.coded': call<void>()(z.undefined()),
  'fail.bug': call<void>()(z.undefined()),
  'numbers.wait': stream<number>()(z.strictObject({ from: z.int(), to: z.int() }), { overflow: 'wait', window: 8 }),
  'numbers.latest': stream<number>()(z.undefined(), { overflow: 'coalesce', window: 2 }),
  'numbers.recent': stream<number>()(z.undefined(), { overflow: 'drop-oldest', window: 4 }),
  'stream.fails': stream<number>()(z.undefined(), { overflow: 'wait', window: 2 }),
} as const;
type TestContract = typeof contract;

class Server {
  aborted = 0;
  cleaned = 0;
  produced = 0;
  bugs: unknown[] = [];
  latest: StreamSink<number> | undefined;
  recent: StreamSink<number> | undefined;

  readonly handlers: Handlers<TestContract> = {
    'math.double': ({ value }) => value * 2,
    'bytes.echo': (bytes) => bytes,
    'value.echo': (value) => value,
    'bytes.make': (size) => new Uint8Array(size),
    'work.forever': (_input, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          this.aborted += 1;
          resolve();
        });
      }),
    'fail.coded': () => {
      throw new CodedError('port-taken', 'Port 1883 is taken.', { advice: 'Use another.', data: { port: 1883 } });
    },
    'fail.bug': () => {
      throw new TypeError('oops');
    },
    'numbers.wait': async ({ from, to }, sink) => {
      void (async () => {
        for (let number = from; number < to; number += 1) {
          await sink.send(number);
          this.produced += 1;
        }
        sink.end();
      })().catch(() => undefined);
      return () => (this.cleaned += 1);
    },
    'numbers.latest': (_input, sink) => {
      this.latest = sink;
      return () => (this.cleaned += 1);
    },
    'numbers.recent': (_input, sink) => {
      this.recent = sink;
    },
    'stream.fails': async (_input, sink) => {
      await sink.send(1);
      throw new CodedError('not-found', 'It is gone.');
    },
  };

  serve(transport: Transport, instance = 'one'): void {
    serve(contract, this.handlers, transport, { instance, maxOpen: 20_000, onBug: (error) => this.bugs.push(error) });
  }
}

for (const makeKind of transportKinds) {
  describe(makeKind().name, () => {
    let kind: TransportKind;
    let server: Server;
    let client: Client<TestContract>;
    let links: Transport[];
    let clientLinks: Transport[];

    const open = async (): Promise<Transport> => {
      const [there, here] = await kind.open();
      server.serve(there, `run-${links.length}`);
      links.push(there);
      clientLinks.push(here);
      return here;
    };

    beforeEach(() => {
      kind = makeKind();
      server = new Server();
      links = [];
      clientLinks = [];
      client = connect<TestContract>({ open, backoffMs: () => 1 });
    });
    afterEach(async () => {
      client.close();
      await kind.close();
    });

    test('answers calls, also those made before the link is up', async () => {
      expect(await client.call('math.double', { value: 21 })).toBe(42);
    });

    test('carries bytes, undefined and look-alikes of markers unchanged', async () => {
      const bytes = new Uint8Array(100_000).map((_, index) => index);
      expect(await client.call('bytes.echo', bytes)).toEqual(bytes);
      const value = { $: 3, $$: null, a: [new Uint8Array([1]), { b: new Uint8Array() }], text: '\u0000é😀', __proto__x: 1 };
      expect(await client.call('value.echo', value)).toEqual(value);
      expect(await client.call('value.echo', undefined)).toBeUndefined();
    });

    test('refuses bad input and says where', async () => {
      await expect(client.call('math.double', { value: 1, nested: { deep: 1.5 } })).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('"nested.deep"'),
      });
      await expect(client.call('math.double', { value: 1, extra: 2 } as never)).rejects.toMatchObject({ code: 'bad-input' });
    });

    test.each(['nothing.here', 'numbers.wait', 'toString', '__proto__', 'constructor'])('refuses to call %s', async (name) => {
      await expect(client.call(name as never, undefined as never)).rejects.toMatchObject({ code: 'unknown-method' });
    });

    test('a call can be cancelled, and times out', async () => {
      const abort = new AbortController();
      const attempt = client.call('work.forever', undefined, { signal: abort.signal });
      await client.call('math.double', { value: 1 });
      abort.abort();
      await expect(attempt).rejects.toMatchObject({ code: 'cancelled' });
      await expect(client.call('work.forever', undefined, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timed-out' });
      await vi.waitFor(() => expect(server.aborted).toBe(2), 20_000);
    });

    test('errors keep code, words, advice and data; bugs are reported and named internal', async () => {
      await expect(client.call('fail.coded', undefined)).rejects.toMatchObject({
        code: 'port-taken',
        message: 'Port 1883 is taken.',
        advice: 'Use another.',
        data: { port: 1883 },
      });
      await expect(client.call('fail.bug', undefined)).rejects.toMatchObject({ code: 'internal' });
      expect(server.bugs).toHaveLength(1);
    });

    test('wait: everything arrives in order, and a stalled reader stops the producer at the window', async () => {
      const seen: number[] = [];
      let release: (() => void) | undefined;
      const stalled = new Promise<void>((resolve) => (release = resolve));
      const ended = new Promise<void>((resolve, reject) => {
        client.stream(
          'numbers.wait',
          { from: 0, to: 500 },
          { item: (number) => (seen.push(number) < 0 ? undefined : stalled), end: (error) => (error ? reject(error) : resolve()) },
        );
      });
      await vi.waitFor(() => expect(seen.length).toBe(8), 20_000);
      await client.call('math.double', { value: 1 });
      expect(server.produced).toBeLessThanOrEqual(8);
      release?.();
      await ended;
      expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index));
      expect(server.cleaned).toBe(1);
    });

    test('coalesce: a slow reader gets the newest', async () => {
      const seen: number[] = [];
      let release: (() => void) | undefined;
      const stalled = new Promise<void>((resolve) => (release = resolve));
      client.stream('numbers.latest', undefined, { item: (number) => (seen.push(number) < 0 ? undefined : stalled) });
      await vi.waitFor(() => expect(server.latest).toBeDefined(), 20_000);
      for (let number = 0; number < 100; number += 1) await server.latest?.send(number);
      await vi.waitFor(() => expect(seen).toEqual([0, 1]), 20_000);
      expect(server.latest?.ready).toBe(false);
      release?.();
      await vi.waitFor(() => expect(seen).toEqual([0, 1, 99]), 20_000);
    });

    test('drop-oldest: what is lost is counted with the next item', async () => {
      const seen: [number, number][] = [];
      let release: (() => void) | undefined;
      const stalled = new Promise<void>((resolve) => (release = resolve));
      client.stream('numbers.recent', undefined, { item: (number, skipped) => (seen.push([number, skipped]) < 0 ? undefined : stalled) });
      await vi.waitFor(() => expect(server.recent).toBeDefined(), 20_000);
      for (let number = 0; number < 100; number += 1) await server.recent?.send(number);
      await vi.waitFor(() => expect(seen).toHaveLength(4), 20_000);
      release?.();
      await vi.waitFor(() => expect(seen).toHaveLength(8), 20_000);
      expect(seen.map(([number]) => number)).toEqual([0, 1, 2, 3, 96, 97, 98, 99]);
      expect(seen.reduce((sum, [, skipped]) => sum + skipped, 0)).toBe(92);
    });

    test('a stream that fails ends with its error after its items', async () => {
      const seen: unknown[] = [];
      const error = await new Promise<CodedError | undefined>(
        (resolve) => void client.stream('stream.fails', undefined, { item: (number) => void seen.push(number), end: resolve }),
      );
      expect(seen).toEqual([1]);
      expect(error).toMatchObject({ code: 'not-found', message: 'It is gone.' });
    });

    test('closing a stream ends its producer', async () => {
      const close = client.stream('numbers.latest', undefined, { item: () => undefined });
      await vi.waitFor(() => expect(server.latest).toBeDefined(), 20_000);
      close();
      await vi.waitFor(() => expect(server.cleaned).toBe(1), 20_000);
      await expect(server.latest?.send(1)).rejects.toMatchObject({ code: 'cancelled' });
    });

    test('a lost link fails calls, opens streams again from a cursor, and goes on', async () => {
      const seen: number[] = [];
      let restarts = 0;
      const restarted = new Promise<void>((resolve) => {
        client.stream('numbers.wait', () => ({ from: seen.length, to: 1000 }), {
          // Reads twenty and then nothing until the link has been lost, so that it is lost in mid-stream.
          item: (number) => (seen.push(number) < 20 ? undefined : restarted),
          restart() {
            restarts += 1;
            resolve();
          },
        });
      });
      const pending = client.call('work.forever', undefined);
      await vi.waitFor(() => expect(seen.length).toBeGreaterThan(10), 20_000);
      links[0]?.close();
      await expect(pending).rejects.toMatchObject({ code: 'engine-restarted' });
      expect(await client.call('math.double', { value: 4 })).toBe(8);
      await vi.waitFor(() => expect(seen.length).toBe(1000), 20_000);
      expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => index));
      expect(restarts).toBe(1);
      await vi.waitFor(() => expect(server.aborted).toBe(1), 20_000);
    });

    test('10,000 interleaved calls each get their own answer', async () => {
      const answers = await Promise.all(Array.from({ length: 10_000 }, (_, value) => client.call('math.double', { value })));
      expect(answers.every((answer, value) => answer === value * 2)).toBe(true);
    });

    test('a malformed frame closes that link', async () => {
      await client.call('math.double', { value: 1 });
      const closed = new Promise<string>((resolve) => links[0]?.onClose(resolve));
      clientLinks[0]?.post(['call', -1, 5] as unknown as Frame);
      expect(await closed).toBe('malformed frame');
      await vi.waitFor(() => expect(links).toHaveLength(2), 20_000);
      expect(await client.call('math.double', { value: 2 })).toBe(4);
    });

    test('another protocol version is refused for good', async () => {
      await client.call('math.double', { value: 1 });
      const [there, here] = await kind.open();
      const other = connect<TestContract>({ open: () => Promise.resolve(here) });
      const refused = expect(other.call('math.double', { value: 1 })).rejects.toMatchObject({ code: 'version-mismatch' });
      there.post(['hello', { protocol: 99, instance: 'x' }]);
      await refused;
      expect(other.state).toBe('closed');
    });

    test('closing fails what is under way and what comes after', async () => {
      const pending = client.call('work.forever', undefined);
      client.close();
      await expect(pending).rejects.toMatchObject({ code: 'disconnected' });
      await expect(client.call('math.double', { value: 1 })).rejects.toMatchObject({ code: 'disconnected' });
    });
  });
}

describe('WebSocket limits', () => {
  test('an answer or a question that is too large fails alone; the link stays', async () => {
    const kind = (transportKinds[2] as () => TransportKind)();
    const server = new Server();
    const client = connect<TestContract>({
      open: async () => {
        const [there, here] = await kind.open();
        server.serve(there);
        return here;
      },
      backoffMs: () => undefined,
    });
    await expect(client.call('bytes.make', maxFrameBytes + 1)).rejects.toMatchObject({ code: 'frame-too-large' });
    await expect(client.call('bytes.echo', new Uint8Array(maxFrameBytes + 1))).rejects.toMatchObject({ code: 'frame-too-large' });
    expect(await client.call('math.double', { value: 3 })).toBe(6);
    client.close();
    await kind.close();
  });
});
