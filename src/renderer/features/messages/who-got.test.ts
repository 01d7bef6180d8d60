import { afterEach, expect, it } from 'vitest';
import { brokerInsideContract, type MessageTrace, type TracingStatus } from '../../../shared/contract/broker-inside.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { FrameNotifier } from '../common/index.ts';
import { serveForTests, testPacing, until, type ServedEngine } from '../serve-for-tests.ts';
import { Tracing } from './tracing.ts';
import { WhoGotModel } from './who-got.ts';

const trace = (publisher: string): MessageTrace => ({ publisher, packetId: 0, clockOffsetUs: 0, routedAtUs: 0, receivers: [], omitted: 0 });

let served: ServedEngine | undefined;
const models: WhoGotModel[] = [];
afterEach(() => {
  for (const model of models.splice(0)) model.close();
  served?.close();
});

function open(): {
  readonly tracing: Tracing;
  readonly model: WhoGotModel;
  readonly traces: Map<number, MessageTrace>;
  readonly asked: number[];
  readonly show: (id: number) => void;
  readonly sinks: Set<StreamSink<TracingStatus>>;
} {
  const traces = new Map<number, MessageTrace>();
  const asked: number[] = [];
  const sinks = new Set<StreamSink<TracingStatus>>();
  const { 'broker.tracing': tracingStream, 'broker.whoGot': whoGot } = brokerInsideContract;
  served = serveForTests(
    { 'broker.tracing': tracingStream, 'broker.whoGot': whoGot },
    {
      'broker.tracing': (_input, sink) => {
        sinks.add(sink);
        void sink.send({ active: true, messages: 0, lost: 0, revision: 0 });
        return () => void sinks.delete(sink);
      },
      'broker.whoGot': ({ id }) => {
        asked.push(id);
        return traces.get(id) ?? null;
      },
    },
  );
  const tracing = new Tracing(served.engine, testPacing);
  const notifier = new FrameNotifier(testPacing);
  const shown = { wanted: undefined as { readonly id: number } | undefined, subscribe: (changed: () => void) => notifier.subscribe(changed) };
  const model = new WhoGotModel(served.engine, shown, tracing, testPacing);
  models.push(model);
  const show = (id: number): void => {
    shown.wanted = { id };
    void notifier.changed();
  };
  return { tracing, model, traces, asked, show, sinks };
}

it('asks for the message that is shown, once while nothing happens', async () => {
  const { model, traces, asked, show } = open();
  expect(model.trace).toBeUndefined();
  traces.set(5, trace('a'));
  show(5);
  await until(model.notifier, () => model.trace?.publisher === 'a');
  show(5);
  show(6);
  expect(model.trace).toBeUndefined();
  await until(model.notifier, () => model.trace === null);
  expect(asked).toEqual([5, 6]);
});

it('traces while it is switched on, and asks again when something has happened', async () => {
  const { tracing, model, traces, show, sinks } = open();
  show(5);
  await until(model.notifier, () => model.trace === null);
  tracing.set(true);
  tracing.set(true);
  expect(tracing.isOn).toBe(true);
  await until(tracing.notifier, () => tracing.status?.revision === 0);
  traces.set(5, trace('late'));
  for (const sink of sinks) void sink.send({ active: true, messages: 1, lost: 3, revision: 1 });
  await until(model.notifier, () => model.trace?.publisher === 'late');
  expect(tracing.status?.lost).toBe(3);
  tracing.set(false);
  expect([tracing.isOn, tracing.status]).toEqual([false, undefined]);
  await expect.poll(() => sinks.size).toBe(0);
  // What is known stays.
  expect(model.trace?.publisher).toBe('late');
});

it('goes on after the link was lost', async () => {
  const { tracing, model, traces, show, sinks } = open();
  tracing.set(true);
  await until(tracing.notifier, () => tracing.status !== undefined);
  served?.restart();
  await expect.poll(() => sinks.size).toBe(1);
  traces.set(9, trace('b'));
  show(9);
  await until(model.notifier, () => model.trace?.publisher === 'b');
});
