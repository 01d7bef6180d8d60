import { randomBytes, randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { SourceId } from '../../shared/contract/common.ts';
import type { SubscriptionNotification } from '../../shared/contract/connections.ts';
import type { FaultConfig } from '../../shared/broker/faults/fault-rules.ts';
import { templateFunctions } from '../../shared/template/index.ts';
import type { HostInfo } from '../../shared/contract/host.ts';
import { engineContract } from '../../shared/contract/index.ts';
import type { BrokerOptions, BrokerPhase, BrokerStatus } from '../../shared/contract/broker.ts';
import type { Settings } from '../../shared/contract/workspace.ts';
import { CodedError } from '../../shared/ipc/errors.ts';
import { serve } from '../../shared/ipc/serve.ts';
import type { Transport } from '../../shared/ipc/transport.ts';
import type { MessageRecord } from '../../shared/messages/record.ts';
import { createBridges } from './bridges/index.ts';
import { createBrokerService, createFaultService, type FaultService, monitorAnswer, startingRedis, tryHandler, type MonitorAnswer } from './broker/index.ts';
import type { ReportBug } from './bug-reports.ts';
import { answeringParts, createCoapBridges, createCoapUdp, createMockDevices, createPipelines, openCoapHistory } from './coap/index.ts';
import {
  createCallFiller,
  createCoapFiller,
  createCollectionRuns,
  createSchemaThread,
  newCounter,
  openCollectionFiles,
  secretHider,
} from './collections/index.ts';
import { createConnections, createProfileFiller, watchSleep } from './connections/index.ts';
import type { EngineStartOptions } from './engine-process-protocol.ts';
import { gfDeviceTag } from './demo-device/index.ts';
import { createEnvironments } from './environments/index.ts';
import { openHandlerFiles } from './handler-files/index.ts';
import { createIngest, createTails, type Ingest } from './ingest/index.ts';
import { monotonicMs } from './monotonic.ts';
import { createNotifier, createTeller } from './notifier.ts';
import { createPackets } from './packets/index.ts';
import { ownLogin } from './own-login.ts';
import { createPayloadService } from './payload/index.ts';
import { createMessageSender, createPublishing } from './publishing/index.ts';
import { createCallHistory, createCallSessions, createNodeSessions, createRpcDialects, createRpcNodes, createRpcPeers, createRpcService } from './rpc/index.ts';
import { createScripts } from './scripts/index.ts';
import { brokerFacts, createHandlers, followAccess, interceptSecret, startBroker, storedSecrets, topicBridgeSecret, type Services } from './server/index.ts';
import { createStore } from './store/index.ts';
import { openTlsLab } from './tls-lab/index.ts';
import { createTopicIndexes } from './topics/index.ts';
import { openWorkspace, type VaultCipher } from './workspace/index.ts';

export type { VaultCipher } from './workspace/index.ts';

/** Each part of the shutdown gets this long; together they stay under 2 s. */
const closeCallsMs = 500;
const closeTrafficMs = 700;
const closeStoreMs = 700;

export interface EngineOptions extends EngineStartOptions {
  /** Names this run: pages notice a restart by it. */
  readonly instance: string;
  /** How secrets are sealed: a key file in the workspace, or what the host offers. */
  readonly cipher: VaultCipher | 'key-file';
  /** Unix ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onBug: ReportBug;
}

/** Everything behind the windows: brokers, connections, topics, history and workspace of one user. */
export interface Engine {
  readonly instance: string;
  /** Answers one page until its transport closes. */
  readonly serve: (transport: Transport) => void;
  readonly settings: () => Settings;
  /** Called with each change of the settings. */
  readonly onSettings: (listener: (settings: Settings) => void) => () => void;
  /** The local broker with the ports of the settings, for hosts that start it themselves. */
  readonly startBroker: (options?: Partial<BrokerOptions>) => Promise<BrokerStatus>;
  /** What a monitor gets at `/health`, `/metrics` and `/metrics.json`; `isKnown`: it may see numbers. */
  readonly monitor: (path: string, accept: string, isKnown: boolean) => MonitorAnswer | null;
  /** Ends every connection properly and saves what is waiting. Takes less than 2 s; idempotent. */
  readonly close: () => Promise<void>;
}

/** Rejects when the workspace is in use by another engine. Everything else that is wrong at the start is shown in the page. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { instance, now, random, onBug, workers } = options;
  const [brokerChanged, handlersChanged, connectionsChanged, storeChanged] = [createNotifier(), createNotifier(), createNotifier(), createNotifier()];
  const faultsReported = createNotifier();
  const workspace = await openWorkspace({ folder: options.workspaceFolder, instance, hostName: os.hostname(), cipher: options.cipher, now });
  const settings = (): Settings => workspace.view().settings;

  const environments = createEnvironments({ workspaceFolder: options.workspaceFolder, secrets: workspace.secrets });
  const collections = openCollectionFiles(options.workspaceFolder);

  const store = createStore({
    folder: path.join(options.workspaceFolder, 'history'),
    workerUrl: new URL(workers.store),
    budgetBytes: settings().historyBudgetBytes,
    now,
    onChange: storeChanged.notify,
  });
  const tlsLab = await openTlsLab({ folder: path.join(options.workspaceFolder, 'tls-lab'), now });
  const payload = createPayloadService({
    workspaceFolder: options.workspaceFolder,
    kept: { get: workspace.payloadCodecs, save: workspace.savePayloadCodecs },
    message: (id, maxBytes) => store.get(id, maxBytes),
  });
  const topics = createTopicIndexes({ now });
  const tails = createTails({ now });
  const rpcDialects = createRpcDialects(workspace.dialects, randomUUID);
  const schemaThread = createSchemaThread();
  const rpcPeers = createRpcPeers({
    brokerClients: () => (broker.status().phase === 'running' ? broker.clients() : null),
    maxClients: 1000,
    clock: monotonicMs,
  });
  const coapHistory = await openCoapHistory(path.join(options.workspaceFolder, 'history', 'coap-udp.jsonl'));
  const coapUdp = createCoapUdp({ now, clock: monotonicMs, random, randomBytes: (count) => new Uint8Array(randomBytes(count)), history: coapHistory });
  const scripts = createScripts({ onBug: (error) => onBug(error, 'scripts') });
  const rpc = createRpcService({
    now,
    clock: monotonicMs,
    newId: randomUUID,
    dialects: rpcDialects.registry,
    peers: rpcPeers,
    kept: { list: workspace.rpcMethods, save: workspace.saveRpcMethods, thread: schemaThread },
    onCall(call) {
      callHistory.changed(call);
      pipelines.callChanged(call);
    },
    onCallTakenOut: (call) => callHistory.takenOut(call),
    lastCallId: await store.calls.lastId(),
    sessions: createCallSessions({
      now,
      brokerStatus: () => broker.status(),
      connectionSession: (id) => connections.session(id),
      onLocalMessages: (records) => rpc.received('broker', records),
    }),
    traces: {
      available: () => broker.status().phase === 'running' && broker.status().engine !== 'aedes',
      trace: (onChange) => broker.inside.trace(onChange),
      // The broker worker does one thing after the other: who is answered comes after who traces.
      settled: () => broker.lists.clients({ offset: 0, limit: 1 }),
      whoGot: (messageId) => broker.inside.whoGot(messageId),
    },
    nodeCaller: (id) => mockDevices.caller(id) ?? rpcNodes.caller(id),
    onBug: (error) => onBug(error, 'rpc'),
  });
  const callHistory = createCallHistory({
    recent: rpc.recent,
    store: store.calls,
    dialects: rpcDialects.registry,
    payload: async (id, maxBytes) => (await store.get(id, maxBytes))?.payload ?? null,
    appVersion: options.appVersion,
    onBug: (error) => onBug(error, 'call history'),
  });
  storeChanged.subscribe(() => callHistory.storeChanged());
  const collectionRuns = createCollectionRuns({ files: collections, environments, rpc, coapUdp, scripts, now, random });
  const ingest: Ingest = createIngest({ store, topics, tails, rpc }, await store.lastId());
  const receive = (source: SourceId, records: readonly MessageRecord[]): number => ingest.receive(source, records);

  // Expected failures show in the part's own status.
  const unlessCoded = (where: string) => (error: unknown) => {
    if (!(error instanceof CodedError)) onBug(error, where);
  };
  let brokerPhase: BrokerPhase = 'stopped';
  const followBroker = (): void => {
    const before = brokerPhase;
    brokerPhase = broker.status().phase;
    // A run that has ended, in whatever way, has none; the next one says which were kept.
    if (brokerPhase !== before && brokerPhase !== 'running' && brokerPhase !== 'stopping') {
      topics.forgetRetained('broker');
      rpcPeers.brokerStopped();
    }
    if (brokerPhase !== before && brokerPhase === 'running') {
      broker
        .retained('')
        .then((kept) => topics.markRetained('broker', kept))
        .catch(unlessCoded('retained messages'));
    }
    faults?.brokerIs(brokerPhase);
    brokerChanged.notify();
  };
  let faults: FaultService | undefined;
  const broker = createBrokerService({
    workerUrl: new URL(workers.broker),
    persistenceFile: path.join(options.workspaceFolder, 'broker', 'broker.db'),
    redis: () => startingRedis(workspace),
    labFiles: (id) => tlsLab.files(id),
    now,
    random,
    onMessages: (records) => broker.inside.numbered(records, receive('broker', records)),
    onChange: followBroker,
    onHandlers: handlersChanged.notify,
    onFaultReport: faultsReported.notify,
    demoDevice: { enabled: settings().demoDevice },
  });
  const packetsChanged = createNotifier();
  const packets = createPackets({
    inside: broker.inside,
    onStatus: packetsChanged.notify,
    appVersion: options.appVersion,
    messages: { message: (id, maxBytes) => store.get(id, maxBytes), whoGot: (id) => broker.inside.whoGot(id) },
  });
  await followAccess({ broker, brokerChanged, workspace }, unlessCoded('access of the broker'));
  const handlerFiles = openHandlerFiles(path.join(options.workspaceFolder, 'broker-handlers'));
  await handlerFiles.refresh();
  let usedHandlers = '';
  const useHandlers = async (): Promise<void> => {
    const handlers = handlerFiles.usable();
    const text = JSON.stringify(handlers);
    if (text === usedHandlers) return;
    usedHandlers = text;
    await broker.setHandlers(handlers);
  };
  await useHandlers();
  handlerFiles.changed.subscribe(() => void useHandlers().catch(unlessCoded('handlers of the broker')));
  const faultsSet = createTeller<FaultConfig>();
  faults = createFaultService({
    file: { read: workspace.brokerFaults, save: workspace.saveBrokerFaults },
    broker: {
      async setFaults(config) {
        faultsSet.tell(config);
        await broker.setFaults(config);
      },
      faultReport: () => broker.faultReport(),
      clients: () => broker.clients(),
    },
    ownUsername: ownLogin.username,
    now,
    newId: randomUUID,
  });
  const fillProfile = createProfileFiller(environments, templateFunctions({ now, random, newId: randomUUID, count: newCounter() }), secretHider);
  const subscriptionNews = createTeller<SubscriptionNotification>();
  const connections = createConnections({
    profiles: workspace.profiles(),
    secrets: (id) => storedSecrets(workspace.secrets, id),
    fill: fillProfile,
    now,
    random,
    onMessages: (id, records) => receive(`connection:${id}`, records),
    onNotification: subscriptionNews.tell,
    onChange: connectionsChanged.notify,
  });
  const publishing = await createPublishing({
    sender: createMessageSender({ broker, connections }),
    profiles: workspace.profiles,
    environments,
    encode: payload.encode,
    historyFile: path.join(options.workspaceFolder, 'history', 'published.json'),
    now,
    clock: monotonicMs,
    random,
    onBug: (error) => onBug(error, 'publishing'),
  });
  brokerChanged.subscribe(publishing.sourcesChanged);
  connectionsChanged.subscribe(publishing.sourcesChanged);
  const stopWatchingSleep = watchSleep(() => connections.wake());
  const nodeSessions = createNodeSessions({
    now,
    brokerStatus: () => broker.status(),
    connections,
    onTraffic(source, records, clientId) {
      const isFromBroker = ({ direction }: MessageRecord): boolean => direction === 'in';
      // What the clients of the local broker exchange, its tap shows.
      if (source === 'broker') rpc.received(source, records.filter(isFromBroker), clientId);
      else receive(source, records);
    },
  });
  const rpcNodes = createRpcNodes({
    nodes: workspace.rpcNodes.list(),
    sessions: nodeSessions,
    dialects: rpcDialects.registry,
    scripts,
    calls: { start: (input, observer) => rpc.start(input, observer), cancel: (id) => rpc.cancel(id), pendingCalls: (id) => rpc.pendingOf(id) },
    now,
    clock: monotonicMs,
    random,
    newId: randomUUID,
    onBug: (error) => onBug(error, 'rpc nodes'),
  });
  const mockDevices = createMockDevices({
    devices: workspace.mockDevices.list(),
    sessions: nodeSessions,
    dialects: rpcDialects.registry,
    scripts,
    calls: { start: (input, observer) => rpc.start(input, observer), cancel: (id) => rpc.cancel(id) },
    now,
    clock: monotonicMs,
    random,
    newId: randomUUID,
    onBug: (error) => onBug(error, 'mock devices'),
  });
  const coapBridges = createCoapBridges({
    bridges: workspace.coapBridges.list(),
    sessions: nodeSessions,
    dialects: rpcDialects.registry,
    scripts,
    rpc,
    now,
    clock: monotonicMs,
    random,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    newId: randomUUID,
    onBug: (error) => onBug(error, 'bridges'),
  });
  brokerChanged.subscribe(coapBridges.sourcesChanged);
  connectionsChanged.subscribe(coapBridges.sourcesChanged);
  const bridges = createBridges({
    workspace,
    secretKeys: { intercept: interceptSecret, topicBridge: topicBridgeSecret },
    connections,
    fill: fillProfile,
    labFiles: (id) => tlsLab.files(id),
    brokerStatus: () => broker.status(),
    onBroker: brokerChanged.subscribe,
    onFaults: faultsSet.subscribe,
    ...{ now, random },
    onMessages: (id, records) => receive(`intercept:${id}`, records),
    offerPackets: (source) => packets.offer(source),
  });
  const connectionPackets = packets.offerListed({
    kind: 'connection',
    list: workspace.profiles,
    follow: (id, listener) => connections.followPackets(id, listener),
  });
  connectionsChanged.subscribe(connectionPackets);
  const pipelines = createPipelines({
    pipelines: workspace.pipelines.list(),
    answering: () =>
      answeringParts({
        devices: workspace.mockDevices.list(),
        deviceStatuses: mockDevices.statuses(),
        nodes: workspace.rpcNodes.list(),
        nodeStatuses: rpcNodes.statuses(),
        bridges: workspace.coapBridges.list(),
        bridgeStatuses: coapBridges.statuses(),
        demoDevice: broker.status().phase === 'running' && broker.status().demoDevice.enabled ? gfDeviceTag : null,
      }),
    sessions: nodeSessions,
    dialects: rpcDialects.registry,
    scripts,
    now,
    clock: monotonicMs,
    random,
    newId: randomUUID,
    onBug: (error) => onBug(error, 'coap handlers'),
  });
  // Who else answers is told with them.
  for (const notifier of [brokerChanged, mockDevices.changed, rpcNodes.changed, coapBridges.changed]) notifier.subscribe(pipelines.changed.notify);
  brokerChanged.subscribe(pipelines.sourcesChanged);
  connectionsChanged.subscribe(pipelines.sourcesChanged);
  brokerChanged.subscribe(mockDevices.sourcesChanged);
  connectionsChanged.subscribe(mockDevices.sourcesChanged);
  brokerChanged.subscribe(rpcNodes.sourcesChanged);
  connectionsChanged.subscribe(rpcNodes.sourcesChanged);

  const sources: readonly SourceId[] = [
    'broker',
    ...workspace.profiles().map(({ id }) => `connection:${id}` as const),
    ...workspace.intercepts.list().map(({ id }) => `intercept:${id}` as const),
  ];
  for (const source of sources) {
    // Without a history the trees start empty; the ledger says why.
    topics.seed(source, await store.topics(source).catch(() => []));
    // What was retained was so in an earlier run of the local broker. Other brokers keep theirs.
    if (source === 'broker') topics.forgetRetained(source);
  }

  let applied = settings();
  const stopFollowing = workspace.onChange(() => {
    const before = applied;
    applied = settings();
    if (applied.historyBudgetBytes !== before.historyBudgetBytes) store.setBudget(applied.historyBudgetBytes).catch(unlessCoded('history budget'));
    if (applied.demoDevice !== before.demoDevice) broker.setDemoDevice(applied.demoDevice).catch(unlessCoded('demo device'));
  });

  const info = (): HostInfo => ({
    host: options.host,
    appVersion: options.appVersion,
    nodeVersion: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    sqlite: store.binding(),
    workspaceFolder: options.workspaceFolder,
  });
  const services: Services = {
    info,
    broker,
    brokerChanged,
    packets,
    packetsChanged,
    brokerHandlers: {
      files: handlerFiles,
      changed: handlersChanged,
      try: (handler, event) => tryHandler(scripts, handler, event, broker.handlerStatus().handlers.find(({ id }) => id === handler.id)?.state ?? '{}'),
    },
    faults,
    faultsReported,
    connections,
    connectionsChanged,
    subscriptionNews,
    topics,
    tails,
    rpc,
    callHistory,
    rpcDialects,
    rpcNodes,
    mockDevices,
    coapBridges,
    ...bridges,
    pipelines,
    rpcPeers,
    lastMessageId: () => ingest.lastId,
    store,
    storeChanged,
    payload,
    publishing,
    environments,
    collections,
    collectionRuns,
    coapHistory,
    coapUdp,
    fillProfile,
    callFiller: createCallFiller({ environments, now, random }),
    coapFiller: createCoapFiller({ environments, now, random }),
    tlsLab,
    workspace,
  };

  const pages = new Set<Transport>();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopFollowing();
    stopWatchingSleep();
    collectionRuns.close();
    coapUdp.close();
    schemaThread.close();
    payload.close();
    await within(
      closeCallsMs,
      Promise.all([
        publishing.close(),
        rpc.close(),
        rpcNodes.close(),
        mockDevices.close(),
        coapBridges.close(),
        bridges.close(),
        pipelines.close(),
        scripts.close(),
      ]),
    );
    packets.close();
    await within(closeTrafficMs, Promise.all([broker.close(), connections.close()]));
    for (const page of pages) page.close('The workbench was stopped.');
    tails.close();
    topics.close();
    rpc.end();
    callHistory.flush();
    await within(closeStoreMs, Promise.all([store.close(), coapHistory.close()]));
    environments.close();
    collections.close();
    handlerFiles.close();
    await workspace.close();
  };

  for (const { id, connectAtStart } of workspace.profiles()) {
    // Why it fails stands in its status; it goes on trying.
    if (connectAtStart) connections.connect(id, true).catch(() => undefined);
  }

  return {
    instance,
    settings,
    onSettings(listener) {
      let last = settings();
      return workspace.onChange(() => {
        if (settings() === last) return;
        last = settings();
        listener(last);
      });
    },
    monitor: (path, accept, isKnown) => monitorAnswer(path, accept, brokerFacts(services), now(), isKnown),
    startBroker: (given = {}) => startBroker(services, given),
    serve(transport) {
      pages.add(transport);
      transport.onClose(() => pages.delete(transport));
      if (closing) transport.close('The workbench was stopped.');
      else serve(engineContract, createHandlers(services), transport, { instance, onBug });
    },
    close: () => (closing ??= close()),
  };
}

/** Waits for a part to end, but not for ever: what hangs must not keep the program from ending. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
