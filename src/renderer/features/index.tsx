import { ArrowLeftRight, Cpu, FolderTree, House, ListTree, Plug, RadioTower, Settings } from 'lucide-react';
import type { Place, Service, StripItem } from '../app/place.ts';
import {
  BrokerCommands,
  BrokerItem,
  BrokerPlace,
  FaultBanner,
  FaultCommands,
  FaultItem,
  PacketCommands,
  RecordingItem,
  newAccessRule,
  showSequenceOf,
} from './broker/index.ts';
import { Clients, InsideCommands } from './broker-inside/index.ts';
import { CoapCommands, CoapPlace, offerToKeepRequests } from './coap/index.ts';
import { CollectionsPlace, CollectionsService, saveCoapIntoCollection, saveIntoCollection } from './collections/index.ts';
import { connectionSource, offerJumps } from './common/index.ts';
import { ConnectionCommands, ConnectionsItem, ConnectionsPlace, SubscriptionNews } from './connections/index.ts';
import { LedgerItem } from './history/index.ts';
import { PublishingItem } from './publish/index.ts';
import { RpcCommands, RpcPlace, showCall } from './rpc/index.ts';
import { SettingsPlace } from './settings/index.ts';
import { StartPlace } from './start/index.ts';
import { showMessage, showSource, showTopicOf, TopicCommands, TopicsPlace } from './topics/index.ts';

offerToKeepRequests(saveCoapIntoCollection);
offerJumps({ toCall: showCall, toMessage: showMessage, toNewRule: newAccessRule, toSequence: showSequenceOf });

const showTopic = (id: string, topic: string): void => showTopicOf(connectionSource(id), topic);
const showConnectionTopics = (id: string): void => showSource(connectionSource(id));

export const places: readonly Place[] = [
  { id: 'start', title: 'Start', icon: House, order: 1, shortcut: 'Mod+1', component: StartPlace },
  { id: 'topics', title: 'Topics', icon: ListTree, order: 2, shortcut: 'Mod+2', component: TopicsPlace },
  { id: 'rpc', title: 'RPC', icon: ArrowLeftRight, order: 3, shortcut: 'Mod+3', component: () => <RpcPlace onSaveCall={saveIntoCollection} /> },
  { id: 'coap', title: 'CoAP', icon: Cpu, order: 3.5, shortcut: 'Mod+7', component: () => <CoapPlace onSaveCall={saveIntoCollection} /> },
  { id: 'broker', title: 'Broker', icon: RadioTower, order: 4, shortcut: 'Mod+4', component: () => <BrokerPlace clients={<Clients />} /> },
  {
    id: 'connections',
    title: 'Connections',
    icon: Plug,
    order: 5,
    shortcut: 'Mod+5',
    component: () => <ConnectionsPlace onShowTopics={showConnectionTopics} />,
  },
  { id: 'collections', title: 'Collections', icon: FolderTree, order: 6, shortcut: 'Mod+6', component: CollectionsPlace },
  { id: 'settings', title: 'Settings', icon: Settings, order: 1, side: 'end', shortcut: 'Mod+,', component: SettingsPlace },
];

export const stripItems: readonly StripItem[] = [
  { id: 'broker', side: 'start', order: 1, component: BrokerItem },
  { id: 'faults', side: 'start', order: 1.5, component: FaultItem },
  { id: 'packets', side: 'start', order: 1.7, component: RecordingItem },
  { id: 'connections', side: 'start', order: 2, component: ConnectionsItem },
  { id: 'publishing', side: 'end', order: 0.5, component: PublishingItem },
  { id: 'history', side: 'end', order: 1, component: LedgerItem },
];

/** Above every place, where there is something that nobody may overlook. */
export const banners: readonly Service[] = [{ id: 'faults', component: FaultBanner }];

export const services: readonly Service[] = [
  { id: 'broker', component: BrokerCommands },
  { id: 'packets', component: PacketCommands },
  { id: 'faults', component: FaultCommands },
  { id: 'brokerInside', component: InsideCommands },
  { id: 'connections', component: ConnectionCommands },
  { id: 'subscriptionNews', component: () => <SubscriptionNews onShow={showTopic} /> },
  { id: 'topics', component: TopicCommands },
  { id: 'rpc', component: RpcCommands },
  { id: 'coap', component: CoapCommands },
  { id: 'collections', component: CollectionsService },
];
