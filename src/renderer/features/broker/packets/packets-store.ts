import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { PacketDirection, PacketFilter, PacketSourceId } from '../../../../shared/contract/packets.ts';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';

/** As it is typed and chosen. */
export interface PacketsFilter {
  readonly text: string;
  /** Types of packets; none: all. */
  readonly types: readonly number[];
  readonly clientId: string | null;
  readonly direction: PacketDirection | 'both';
  readonly topic: string;
  readonly packetId: number | null;
  readonly problems: boolean;
}

export const noPacketsFilter: PacketsFilter = { text: '', types: [], clientId: null, direction: 'both', topic: '', packetId: null, problems: false };

interface PacketsState {
  readonly source: PacketSourceId;
  readonly filter: PacketsFilter;
  /** The packet in the details. */
  readonly selected: number | null;
  /** What is drawn instead of the details. */
  readonly sequence: WantedSequence | null;
}

/** A recorded packet and what belongs to it, or messages of the history. */
export type WantedSequence = { readonly seq: number } | { readonly source: PacketSourceId; readonly messages: readonly number[]; readonly title: string };

const store = createStore<PacketsState>(() => ({ source: 'broker', filter: noPacketsFilter, selected: null, sequence: null }));

export const usePackets = <T>(select: (state: PacketsState) => T): T => useStore(store, select);

export function chooseSource(source: PacketSourceId): void {
  store.setState({ source, selected: null, sequence: null, filter: { ...store.getState().filter, clientId: null } });
}

export function changeFilter(change: Partial<PacketsFilter>): void {
  store.setState(({ filter }) => ({ filter: { ...filter, ...change } }));
}

export function selectPacket(selected: number | null): void {
  store.setState({ selected, sequence: null });
}

/** Draws what belongs together; `null` goes back to the packet. */
export function showSequence(sequence: WantedSequence | null): void {
  store.setState({ sequence });
}

/** Draws messages of a source; its packets are listed above. */
export function wantSequence(source: PacketSourceId, messages: readonly number[], title: string): void {
  store.setState({ source, filter: noPacketsFilter, selected: null, sequence: { source, messages, title } });
}

/** Only packets of this client of the local broker. */
export function wantClient(clientId: string): void {
  store.setState({ source: 'broker', filter: { ...noPacketsFilter, clientId }, selected: null, sequence: null });
}

/** What is wrong with a topic filter that is being typed. */
export const topicProblem = ({ topic }: PacketsFilter): string | undefined => (topic === '' ? undefined : (validateTopicFilter(topic)?.message ?? undefined));

/** As the engine takes it; a topic filter that is none yet is left out. */
export function toPacketFilter(source: PacketSourceId, filter: PacketsFilter): PacketFilter {
  const { text, types, clientId, direction, topic, packetId, problems } = filter;
  return {
    source,
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(types.length === 0 ? {} : { types: [...types] }),
    ...(clientId === null ? {} : { clientId }),
    ...(direction === 'both' ? {} : { direction }),
    ...(topic === '' || topicProblem(filter) !== undefined ? {} : { topic }),
    ...(packetId === null ? {} : { packetId }),
    ...(problems ? { problems } : {}),
  };
}

/** How many of the less used conditions are set. */
export function furtherConditions({ types, direction, topic, packetId }: PacketsFilter): number {
  return Number(types.length > 0) + Number(direction !== 'both') + Number(topic !== '') + Number(packetId !== null);
}

export const isFiltered = (filter: PacketsFilter): boolean =>
  furtherConditions(filter) > 0 || filter.text.trim() !== '' || filter.clientId !== null || filter.problems;
