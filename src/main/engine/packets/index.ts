import type { PacketDetail, PacketFilter, PacketSequence, PacketsExportPart, PacketsFrame } from '../../../shared/contract/packets.ts';
import type { PacketsInput, PacketBatch } from '../../../shared/contract/broker-inside.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { brokerSource } from './broker-source.ts';
import { exportPackets, type ExportChoice } from './export-packets.ts';
import { offerListed, type ListedSourcesOptions } from './listed-sources.ts';
import { PacketRecorder, type PacketSource } from './packet-recorder.ts';
import { sequenceOfMessages, sequenceOfPacket, type SequenceSources, type WantedMessages } from './packet-sequence.ts';
import { detailOf } from './packet-rows.ts';
import { PacketsView, type PacketsWindow } from './packets-view.ts';

/** The recording of control packets: one for the whole engine. */
export interface Packets extends Pick<PacketRecorder, 'record' | 'clear' | 'setLimits' | 'status' | 'clients'> {
  /** Makes a further source available; returns what takes it away. */
  offer(source: PacketSource): () => void;
  /** Offers a source for each of a list; what it returns has to be called when the list has changed. */
  offerListed(options: ListedSourcesOptions): () => void;
  view(filter: PacketFilter, window: PacketsWindow, onChange: () => void): OpenPacketsView;
  detail(seq: number): PacketDetail | null;
  /** `null`: the packet is forgotten. */
  sequence(of: { readonly seq: number } | WantedMessages): Promise<PacketSequence | null>;
  /** Resolves when everything is written; rejects when the reader leaves. */
  export(filter: PacketFilter, choice: ExportChoice, sink: StreamSink<PacketsExportPart>): Promise<void>;
  close(): void;
}

export interface OpenPacketsView {
  setWindow(window: PacketsWindow): void;
  frame(): PacketsFrame | undefined;
  close(): void;
}

export interface PacketsOptions {
  readonly inside: { followPackets(input: PacketsInput, onBatch: (batch: PacketBatch) => Promise<void>): () => void };
  /** The status is another one. */
  readonly onStatus: () => void;
  readonly appVersion: string;
  readonly messages: SequenceSources;
}

export function createPackets({ inside, onStatus, appVersion, messages }: PacketsOptions): Packets {
  const recorder = new PacketRecorder(onStatus);
  recorder.offer(brokerSource(inside));
  return {
    record: (id, on) => recorder.record(id, on),
    clear: () => recorder.clear(),
    setLimits: (limits) => recorder.setLimits(limits),
    status: () => recorder.status(),
    clients: (source, limit) => recorder.clients(source, limit),
    offer: (source) => recorder.offer(source),
    offerListed: (options) => offerListed((source) => recorder.offer(source), options),
    view(filter, window, onChange) {
      const view = new PacketsView(recorder, filter, window, onChange);
      const stop = recorder.onPackets(() => view.refresh());
      return {
        setWindow: (next) => view.setWindow(next),
        frame: () => view.frame(),
        close() {
          stop();
          view.close();
        },
      };
    },
    detail(seq) {
      const packet = recorder.ring.get(seq);
      return packet ? detailOf(recorder, packet) : null;
    },
    sequence: async (of) => ('seq' in of ? sequenceOfPacket(recorder, of.seq) : sequenceOfMessages(recorder, of, messages)),
    export: (filter, choice, sink) => exportPackets(recorder, filter, { ...choice, application: `MQTT Workbench ${appVersion}` }, sink),
    close: () => recorder.close(),
  };
}
