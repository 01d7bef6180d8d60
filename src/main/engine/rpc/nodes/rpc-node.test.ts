import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RpcNodeInput } from '../../../../shared/contract/rpc-nodes.ts';
import { rpcNodeSchema } from '../../../../shared/contract/rpc-nodes.ts';
import { DialectRegistry } from '../dialects/index.ts';
import type { NodeMessage, NodeSessionHooks } from './node-session.ts';
import type { NodeSessions } from './node-sessions.ts';
import { NodeActor } from './rpc-node.ts';

const node = (more: Partial<RpcNodeInput> = {}) => rpcNodeSchema.parse({ id: 'n', name: 'N', source: 'broker', topic: 't', dialect: 'mqttxx2', ...more });
const lost = { code: 'connection-lost', message: 'Lost.' };

interface Opened {
  readonly hooks: NodeSessionHooks;
  readonly published: NodeMessage[];
  readonly filters: string[];
  closed: NodeMessage | 'without a word' | null;
}

/** Sessions that do what the test says. */
function fakeSessions() {
  const opened: Opened[] = [];
  const state = { phase: 'up' as 'up' | 'down' | 'troubled', refused: '', finishClosing: () => undefined as unknown, answering: Promise.resolve() };
  const sessions: NodeSessions = {
    state: () => (state.phase === 'up' ? { phase: 'up' } : { phase: state.phase, problem: { code: 'not-connected', message: 'Away.' } }),
    open(_node, hooks) {
      const session: Opened = { hooks, published: [], filters: [], closed: null };
      opened.push(session);
      return {
        close(before) {
          session.closed = before ?? 'without a word';
          return new Promise<void>((resolve) => {
            state.finishClosing = resolve;
            if (!slowly.on) resolve();
          });
        },
      };
    },
  };
  const slowly = { on: false };
  const connect = (session = opened.at(-1) as Opened): Opened => {
    session.hooks.connected({
      clientId: 'n',
      version: '3.1.1',
      isOwn: true,
      async subscribe(filter) {
        await state.answering;
        if (filter === state.refused) return { grantedQos: null, reason: 'Refused: no.', reasonCode: 0x87 };
        session.filters.push(filter);
        return { grantedQos: 1, reason: null, reasonCode: 1 };
      },
      async unsubscribe(filter) {
        await state.answering;
        if (session.filters.includes(filter)) session.filters.splice(session.filters.indexOf(filter), 1);
      },
      covering: () => null,
      async publish(message) {
        session.published.push(message);
        return { noSubscribers: false, note: null };
      },
    });
    return session;
  };
  return { sessions, opened, state, slowly, connect };
}

let fake: ReturnType<typeof fakeSessions>;
let actor: NodeActor;
const bugs: unknown[] = [];
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const textOf = (message: NodeMessage | 'without a word' | null | undefined): string =>
  typeof message === 'object' && message !== null ? `${message.topic} ${new TextDecoder().decode(message.payload)}` : String(message);

function open(more: Partial<RpcNodeInput> = {}): void {
  actor = new NodeActor(node(more), {
    sessions: fake.sessions,
    dialects: new DialectRegistry(),
    scripts: { open: () => ({ call: () => Promise.reject(new Error('no scripts here')), close: () => undefined }) },
    functions: () => ({}),
    now: Date.now,
    clock: Date.now,
    random: () => 0.5,
    newId: () => 'id',
    pendingCalls: () => 0,
    onChange: () => undefined,
    onBug: (error) => void bugs.push(error),
  });
}
async function running(more: Partial<RpcNodeInput> = {}): Promise<Opened> {
  open(more);
  actor.start();
  await settle();
  const session = fake.connect();
  await settle();
  expect(actor.status()).toMatchObject({ phase: 'running', nextAttemptAt: null });
  return session;
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  fake = fakeSessions();
});
afterEach(() => {
  vi.useRealTimers();
  expect(bugs.splice(0)).toEqual([]);
});

it('tries again with growing waits, and begins anew after a session that lasted', async () => {
  const session = await running();
  await vi.advanceTimersByTimeAsync(20_000);
  session.hooks.ended(lost, false);
  for (const wait of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    expect(actor.status()).toMatchObject({ phase: 'waiting', problem: lost, nextAttemptAt: Date.now() + wait, clientId: null });
    const before = fake.opened.length;
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(fake.opened).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.opened).toHaveLength(before + 1);
    expect(actor.status()).toMatchObject({ phase: 'starting' });
    fake.opened.at(-1)?.hooks.ended(lost, false);
  }
  await vi.advanceTimersByTimeAsync(30_000);
  const again = fake.connect();
  await vi.advanceTimersByTimeAsync(20_000);
  again.hooks.ended(lost, false);
  expect(actor.status().nextAttemptAt).toBe(Date.now() + 1000);
});

it('does not fight for its client id', async () => {
  let session = await running();
  for (let n = 0; n < 2; n += 1) {
    session.hooks.ended(lost, false);
    await vi.advanceTimersByTimeAsync(30_000);
    session = fake.connect();
    await settle();
  }
  session.hooks.ended(lost, false);
  expect(actor.status()).toMatchObject({ phase: 'failed', problem: { code: 'taken-over', advice: expect.stringMatching(/"n"/) as string } });
  await vi.advanceTimersByTimeAsync(600_000);
  expect(fake.opened).toHaveLength(3);
});

it('says goodbye when it is stopped, and not when another has its name', async () => {
  const session = await running({ presence: true });
  expect(session.filters).toEqual(['t', '$presence/n/kick', '$presence/+']);
  expect(session.published.map(textOf)).toEqual(['$presence/n {"status":"online","timestamp":1000}']);
  await actor.stop();
  expect(textOf(session.closed)).toBe('$presence/n {"status":"offline","timestamp":1000}');
  const second = await running({ presence: true });
  second.hooks.ended({ code: 'taken-over', message: 'Taken over.' }, true);
  expect(actor.status()).toMatchObject({ phase: 'failed', problem: { code: 'taken-over' } });
  expect(second.closed).toBe('without a word');
});

it('opens the next session when the last one is closed, as they may have the same client id', async () => {
  const session = await running();
  fake.slowly.on = true;
  actor.update(node({ presence: true }));
  await settle();
  expect(session.closed).not.toBeNull();
  expect(fake.opened).toHaveLength(1);
  fake.state.finishClosing();
  await settle();
  expect(fake.opened).toHaveLength(2);
  expect(actor.status()).toMatchObject({ phase: 'starting' });
});

it('opens none that was not wanted any more when its turn came', async () => {
  await running();
  fake.slowly.on = true;
  actor.update(node({ presence: true }));
  const stopped = actor.stop();
  fake.state.finishClosing();
  await stopped;
  await settle();
  expect(fake.opened).toHaveLength(1);
  expect(actor.status()).toMatchObject({ phase: 'stopped' });
});

it('hears nothing of a session that is over', async () => {
  const first = await running();
  await actor.stop();
  first.hooks.ended(lost, false);
  fake.connect(first);
  await settle();
  expect(actor.status()).toMatchObject({ phase: 'stopped', problem: null, clientId: null });
});

it('waits for its source, and does not try in vain', async () => {
  const session = await running();
  fake.state.phase = 'troubled';
  session.hooks.ended(lost, false);
  expect(actor.status()).toMatchObject({ phase: 'waiting', problem: { message: 'Away.' }, nextAttemptAt: null });
  await vi.advanceTimersByTimeAsync(600_000);
  expect(fake.opened).toHaveLength(1);
  fake.state.phase = 'up';
  actor.sourceChanged();
  await settle();
  expect(fake.opened).toHaveLength(2);
});

it('starts with its source only if it is to, and not after it failed', async () => {
  fake.state.phase = 'down';
  open({ autoStart: true });
  actor.sourceChanged();
  fake.state.phase = 'up';
  actor.sourceChanged();
  await settle();
  fake.connect().hooks.ended({ code: 'bad-credentials', message: 'No.' }, true);
  for (const phase of ['down', 'up'] as const) {
    fake.state.phase = phase;
    actor.sourceChanged();
  }
  await settle();
  expect(actor.status()).toMatchObject({ phase: 'failed' });
  expect(fake.opened).toHaveLength(1);
});

it('fails where its topic is refused, and only warns where presence is', async () => {
  fake.state.refused = '$presence/+';
  await running({ presence: true });
  expect(actor.status().warnings).toEqual(['The broker did not accept the subscription to "$presence/+". Refused: no.']);
  fake.state.refused = 't';
  open();
  actor.start();
  await settle();
  fake.connect();
  await settle();
  expect(actor.status()).toMatchObject({ phase: 'failed', problem: { code: 'subscribe-refused' } });
});

it('ends up with the topic that was saved last, however slow the broker is', async () => {
  const session = await running();
  let answer = (): void => undefined;
  fake.state.answering = new Promise((resolve) => (answer = resolve));
  for (const topic of ['u', 'v', 't']) actor.update(node({ topic }));
  answer();
  await settle();
  expect(session.filters).toEqual(['t']);
  expect(actor.status()).toMatchObject({ phase: 'running', subscriptions: [{ filter: 't', grantedQos: 1 }] });

  fake.state.refused = 'u';
  fake.state.answering = new Promise((resolve) => (answer = resolve));
  actor.update(node({ topic: 'u' }));
  await settle();
  actor.update(node({ topic: 'v' }));
  answer();
  await settle();
  // What was refused is not wanted any more.
  expect(actor.status()).toMatchObject({ phase: 'running', warnings: [], subscriptions: [{ filter: 'v', grantedQos: 1 }] });
  expect(session.filters).toEqual(['v']);
});

it('does not start with what cannot be used', () => {
  open({ topic: 'a/#/b' });
  actor.start();
  expect(actor.status()).toMatchObject({ phase: 'failed', problem: { code: 'invalid-topic' } });
  expect(fake.opened).toEqual([]);
});
