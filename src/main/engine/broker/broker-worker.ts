import { parentPort, threadId, workerData, type MessagePort } from 'node:worker_threads';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Frame } from '../../../shared/ipc/frames.ts';
import { serve, type Handlers } from '../../../shared/ipc/serve.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import type { PacketBatch } from '../../../shared/contract/broker-inside.ts';
import type { BrokerMetrics } from '../../../shared/contract/broker-metrics.ts';
import { noFaultReport } from '../../../shared/contract/broker-faults.ts';
import type { BrokerClient } from '../../../shared/contract/broker.ts';
import { createNotifier } from '../notifier.ts';
import { createScripts } from '../scripts/index.ts';
import { sendSnapshots, whenNewVersion } from '../snapshot-stream.ts';
import { AccessControl, openAccessConfig } from './access/access-control.ts';
import { previewAccess } from './access/access-preview.ts';
import { brokerWorkerContract, type BrokerCounters, type BrokerWorkerContract, type TapBatch } from './broker-contract.ts';
import type { BrokerEngine, BrokerInside } from './broker-engine.ts';
import { listHandlers } from './inside/list-handlers.ts';
import { metricsEveryMs } from './inside/metrics.ts';
import { BrokerHandlers } from './handlers/broker-handlers.ts';
import { InsideStreams } from './inside/inside-streams.ts';
import { aedesAsksNobody, isClosed, openLocalBroker, type LocalBroker } from './local-broker.ts';
import { RefusalLog } from './refusal-log.ts';
import { TapQueue } from './tap-queue.ts';
import { threadPortTransport } from './thread-port.ts';

/** Changes within this time reach the engine as one. */
const reportEveryMs = 200;
/** With thousands of clients the list of them takes long to make: it may take this share of the thread's time. */
const reportShare = 0.05;

/** Serves one engine process over a message port until that port closes. */
function runBrokerWorker(port: MessagePort): void {
  let broker: LocalBroker | undefined;
  let opening: Promise<LocalBroker> | undefined;
  let control = new AccessControl(openAccessConfig());
  const refusals = new RefusalLog(Date.now);
  const refusalsChanged = createNotifier();
  const handlersChanged = createNotifier();
  const scripts = createScripts({ onBug: (error) => reportBug(error, 'handlers') });
  const scriptHandlers = new BrokerHandlers({ scripts, now: Date.now, onChange: handlersChanged.notify, onLine: handlersChanged.notify });
  const faultsChanged = createNotifier();
  const redisChanged = createNotifier();
  const clientSinks = new Set<StreamSink<readonly BrokerClient[]>>();
  const counterSinks = new Set<StreamSink<BrokerCounters>>();
  const metricSinks = new Set<StreamSink<BrokerMetrics>>();
  const insideStreams = new InsideStreams();
  let reportTimer: NodeJS.Timeout | undefined;
  let metricsTimer: NodeJS.Timeout | undefined;
  let persistenceProblem: string | null = null;
  const tap = new TapQueue({ onDropped: () => reportSoon() });

  const engine = (): BrokerEngine => {
    if (!broker) throw new CodedError('broker-not-running');
    return broker.engine;
  };
  const inside = (): BrokerInside => {
    const found = engine().inside;
    if (found === null) throw new CodedError('invalid-state', 'The engine aedes does not tell what goes on inside. The workbench’s own engine does.');
    return found;
  };
  const counters = (): BrokerCounters => ({ clientCount: broker?.engine.clientCount ?? 0, tapDropped: tap.dropped, persistenceProblem });
  let reportAfterMs = reportEveryMs;
  const reportSoon = (): void => {
    reportTimer ??= setTimeout(() => {
      const began = performance.now();
      reportTimer = undefined;
      sendAll(counterSinks, counters());
      if (clientSinks.size > 0) sendAll(clientSinks, broker?.engine.clients() ?? []);
      reportAfterMs = Math.max(reportEveryMs, (performance.now() - began) / reportShare);
    }, reportAfterMs);
  };
  const sendMetrics = (): void => {
    if (broker) sendAll(metricSinks, broker.engine.metrics());
  };
  const stop = async (): Promise<void> => {
    clearInterval(metricsTimer);
    await opening?.catch(() => undefined);
    const stopping = broker;
    broker = undefined;
    await stopping?.close();
    tap.flush();
    insideStreams.flush();
    faultsChanged.notify();
    reportSoon();
  };

  const handlers: Handlers<BrokerWorkerContract> = {
    start: async ({ persistenceFile, redis, handlers: wanted = [], access = openAccessConfig(), faults, ...options }) => {
      if (broker ?? opening) throw new CodedError('invalid-state', 'The broker is already running.');
      persistenceProblem = null;
      control = new AccessControl(access);
      scriptHandlers.set(wanted);
      opening = openLocalBroker(options, {
        handlers: scriptHandlers,
        access: control,
        persistenceFile,
        faults,
        onFaults: faultsChanged.notify,
        redis,
        onRedisChange: redisChanged.notify,
        onPersistenceProblem: (problem) => {
          persistenceProblem = problem;
          process.stderr.write(`broker: ${problem ?? 'everything is kept again'}\n`);
          reportSoon();
        },
      });
      try {
        broker = await opening;
      } finally {
        opening = undefined;
      }
      redisChanged.notify();
      broker.engine.onPublish((record) => tap.push(record));
      broker.engine.onClients(reportSoon);
      broker.engine.onRefused((refusal) => {
        refusals.add(refusal);
        refusalsChanged.notify();
      });
      insideStreams.begin(broker.engine.inside);
      sendMetrics();
      metricsTimer = setInterval(sendMetrics, metricsEveryMs);
      return broker.listeners;
    },
    stop,
    setAccess: (access) => {
      if (broker?.engine.name === 'aedes' && isClosed(access)) throw new CodedError('invalid-state', aedesAsksNobody);
      control.change(access);
    },
    setHandlers: (wanted) => scriptHandlers.set(wanted),
    restartHandler: ({ id }) => scriptHandlers.restart(id),
    clearHandlerLog: () => scriptHandlers.clearLog(),
    handlerStatus: (_input, sink) => sendSnapshots(sink, () => scriptHandlers.status(), handlersChanged.subscribe),
    handlerLog: (_input, sink) =>
      sendSnapshots(
        sink,
        whenNewVersion(
          () => scriptHandlers.logVersion,
          () => scriptHandlers.log(),
        ),
        handlersChanged.subscribe,
      ),
    setFaults: (config) => broker?.faults.configure(config),
    faultReport: (_input, sink) => sendSnapshots(sink, () => broker?.faults.report() ?? noFaultReport, faultsChanged.subscribe),
    previewAccess: (rules) => {
      inside();
      return previewAccess(control, rules);
    },
    publish: (message) => engine().publish(message),
    disconnectClient: ({ clientId, ...options }) => engine().disconnectClient(clientId, options),
    retained: ({ prefix }) => engine().retained(prefix),
    clients: (_input, sink) => join(clientSinks, sink, broker?.engine.clients() ?? []),
    counters: (_input, sink) => join(counterSinks, sink, counters()),
    metrics: (_input, sink) => join(metricSinks, sink),
    redis: (_input, sink) => sendSnapshots(sink, () => broker?.redis?.state(), redisChanged.subscribe),
    refusals: (_input, sink) => sendSnapshots(sink, () => refusals.snapshot(), refusalsChanged.subscribe),
    tap: (_input, sink) => tap.attach(sink),
    trace: (_input, sink) => insideStreams.trace(sink),
    packets: (input, sink) => insideStreams.packets(input, sink),
    ...listHandlers(engine),
  };

  const transport = threadPortTransport(port, packedMemory);
  transport.onClose(() => {
    clearTimeout(reportTimer);
    void stop().finally(() => clearTimeout(reportTimer));
    void scripts.close();
  });
  serve(brokerWorkerContract, handlers, transport, { instance: `broker-${threadId}`, onBug: reportBug });
}

function join<T>(sinks: Set<StreamSink<T>>, sink: StreamSink<T>, ...first: readonly T[]): () => void {
  sinks.add(sink);
  for (const item of first) sendAll(new Set([sink]), item);
  return () => void sinks.delete(sink);
}

function sendAll<T>(sinks: ReadonlySet<StreamSink<T>>, item: T): void {
  for (const sink of sinks) sink.send(item).catch(() => undefined);
}

/** Batches of messages and packets are packed for one reader: it gets the memory itself, which spares two copies of everything. */
function packedMemory(frame: Frame): ArrayBuffer[] {
  const item = frame[0] === 'item' ? (frame[2] as Partial<TapBatch & PacketBatch> | null) : null;
  const packed = item?.records ?? item?.packets;
  return packed instanceof Uint8Array && packed.buffer instanceof ArrayBuffer ? [packed.buffer] : [];
}

/** A bug in a handler answers its caller with `internal`; the stack goes to the log of the process. */
function reportBug(error: unknown, operation: string): void {
  process.stderr.write(`broker worker, ${operation}: ${error instanceof Error ? error.stack : String(error)}\n`);
}

if (parentPort) runBrokerWorker((workerData as { readonly port: MessagePort }).port);
