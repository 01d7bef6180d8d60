import type { AccessPreview, AccessSettings, BrokerUser } from '../../../shared/contract/broker-access.ts';
import type { BrokerHandler, HandlerLog, HandlersStatus, TriedEvent, TryResult } from '../../../shared/contract/broker-handlers.ts';
import type { BrokerClient, BrokerOptions, BrokerRefusals, BrokerStatus } from '../../../shared/contract/broker.ts';
import { connectionSecretNames, type ConnectionSecretName } from '../../../shared/contract/connection-profile.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { SubscriptionNotification } from '../../../shared/contract/connections.ts';
import type { HostInfo } from '../../../shared/contract/host.ts';
import type { Ledger, MessageDetail, MessagePage } from '../../../shared/contract/messages.ts';
import type { TopicRow, TopicsFrame, TopicView } from '../../../shared/contract/topics.ts';
import type { BrokerInsideView, BrokerListsView, BrokerMetricsView, BrokerService, FaultService } from '../broker/index.ts';
import type { CoapBridges, CoapHistory, CoapUdp, MockDevices, Pipelines } from '../coap/index.ts';
import type { CollectionFiles, CollectionRuns, CallFiller, FillCoapRequest } from '../collections/index.ts';
import type { Intercepts, TopicBridges } from '../bridges/index.ts';
import type { Connections, ConnectionSecrets, ProfileFiller } from '../connections/index.ts';
import type { Environments } from '../environments/index.ts';
import type { HandlerFiles } from '../handler-files/index.ts';
import type { Tails } from '../ingest/index.ts';
import type { Notifier, Teller } from '../notifier.ts';
import type { Packets } from '../packets/index.ts';
import type { PayloadService } from '../payload/index.ts';
import type { Publishing } from '../publishing/index.ts';
import type { CallHistory, RpcDialects, RpcNodes, RpcPeers, RpcService } from '../rpc/index.ts';
import type { TlsLab } from '../tls-lab/index.ts';
import type { Workspace } from '../workspace/index.ts';

type MaybePromise<T> = T | Promise<T>;

/** What the contract's handlers use of the engine's parts; main.ts puts the real ones in. */
export interface Services {
  readonly info: () => HostInfo;
  readonly broker: {
    start(options: BrokerOptions): Promise<unknown>;
    stop(): Promise<unknown>;
    status(): BrokerStatus;
    runsWith(): BrokerOptions | null;
    clients(): readonly BrokerClient[];
    refusals(): BrokerRefusals;
    readonly disconnectClient: BrokerService['disconnectClient'];
    readonly redis: BrokerService['redis'];
    readonly publish: BrokerService['publish'];
    /** Topics with a retained message: the prefix itself and what is below it. */
    retained(prefix: string): Promise<readonly string[]>;
    readonly inside: BrokerInsideView;
    readonly lists: BrokerListsView;
    readonly metrics: BrokerMetricsView;
    setAccess(access: { readonly settings: AccessSettings; readonly users: BrokerUser[] }): Promise<void>;
    previewAccess(rules: AccessSettings): Promise<AccessPreview>;
    restartHandler(id: string): Promise<void>;
    clearHandlerLog(): Promise<void>;
    handlerStatus(): HandlersStatus;
    handlerLog(): HandlerLog;
  };
  readonly brokerChanged: Notifier;
  readonly packets: Omit<Packets, 'offer' | 'offerListed' | 'close'>;
  readonly packetsChanged: Notifier;
  readonly brokerHandlers: {
    readonly files: Omit<HandlerFiles, 'usable' | 'skippedLines' | 'close'>;
    /** What they do, or their log. */
    readonly changed: Notifier;
    try(handler: BrokerHandler, event: TriedEvent): Promise<TryResult>;
  };
  readonly faults: Omit<FaultService, 'brokerIs'>;
  readonly faultsReported: Notifier;
  readonly connections: Omit<Connections, 'session' | 'access' | 'wake' | 'close'>;
  readonly connectionsChanged: Notifier;
  readonly subscriptionNews: Pick<Teller<SubscriptionNotification>, 'subscribe'>;
  readonly topics: {
    openView(view: TopicView & { readonly source: SourceId }, onFrame: (frame: TopicsFrame) => void): TopicViewHandle;
    clear(source: SourceId): MaybePromise<unknown>;
    drop(source: SourceId): void;
    retainedUnder(source: SourceId, topic: string): readonly string[];
    retainedCount(source: SourceId, topic: string): number;
  };
  readonly tails: Tails;
  readonly rpc: Omit<RpcService, 'ingest' | 'received' | 'recent' | 'close' | 'end'>;
  readonly callHistory: Omit<CallHistory, 'changed' | 'takenOut' | 'storeChanged' | 'flush'>;
  readonly rpcPeers: RpcPeers;
  readonly rpcDialects: Omit<RpcDialects, 'registry'>;
  readonly rpcNodes: RpcNodes;
  readonly mockDevices: MockDevices;
  readonly coapBridges: CoapBridges;
  readonly intercepts: Omit<Intercepts, 'setFaults' | 'close'>;
  readonly topicBridges: Omit<TopicBridges, 'sourcesChanged' | 'close'>;
  readonly pipelines: Pipelines;
  /** The newest id given to a message. */
  readonly lastMessageId: () => number;
  readonly store: {
    latest(source: SourceId, topic: string, maxBytes: number): Promise<MessageDetail | null>;
    get(id: number, maxBytes: number): Promise<MessageDetail | null>;
    payload(id: number, offset: number, length: number): Promise<Uint8Array | null>;
    history(query: HistoryQuery): Promise<MessagePage>;
    clear(source: SourceId): Promise<number>;
    ledger(): Ledger;
  };
  readonly storeChanged: Notifier;
  readonly payload: Omit<PayloadService, 'close'>;
  readonly publishing: Omit<Publishing, 'sourcesChanged' | 'close'>;
  readonly environments: Omit<Environments, 'close'>;
  readonly collections: Omit<CollectionFiles, 'close'>;
  readonly collectionRuns: Pick<CollectionRuns, 'run'>;
  readonly coapHistory: Pick<CoapHistory, 'page' | 'entry' | 'clear' | 'changed'>;
  readonly coapUdp: Omit<CoapUdp, 'close'>;
  /** What fills in calls from the chosen environment. */
  readonly fillProfile: ProfileFiller;
  readonly callFiller: CallFiller;
  readonly coapFiller: () => Promise<FillCoapRequest>;
  readonly tlsLab: TlsLab;
  readonly workspace: Workspace;
}

interface HistoryQuery {
  readonly source: SourceId;
  readonly topic: string;
  readonly offset: number;
  readonly limit: number;
  readonly atOrBefore?: number | undefined;
}

export interface TopicViewHandle {
  setView(view: TopicView): void;
  setExpanded(path: string, expanded: boolean, recursive: boolean): void;
  reveal(path: string): number | null;
  rowAt(row: number): TopicRow | null;
  close(): void;
}

/** Of a connection's password in the vault. */
export const secretKey = (connectionId: string, name: ConnectionSecretName): string => `connection/${connectionId}/${name}`;

/** What is stored of them; one that cannot be opened (any more) counts as none. */
export async function storedSecrets(vault: Workspace['secrets'], connectionId: string): Promise<ConnectionSecrets> {
  const stored = await Promise.all(
    connectionSecretNames.map(async (name) => [name, await vault.get(secretKey(connectionId, name)).catch(() => undefined)] as const),
  );
  return Object.fromEntries(stored.filter(([, value]) => value !== undefined));
}

/** Of the password that an intercept puts into CONNECT. */
export const interceptSecret = (id: string): string => `intercept/${id}/password`;

/** Of the password with which a topic bridge logs in to a typed address. */
export const topicBridgeSecret = (id: string): string => `topic-bridge/${id}/password`;

/** `connection:<id>` → `<id>`; `null` for the local broker and for intercepts. */
export function connectionIdOf(source: SourceId): string | null {
  return source.startsWith('connection:') ? source.slice('connection:'.length) : null;
}
