import type { MessageTrace, TracedReceiver } from '../../../shared/contract/broker-inside.ts';
import type { MessageDetail } from '../../../shared/contract/messages.ts';
import type { PacketSequence, PacketSourceId, SequenceParticipant, SequenceStep } from '../../../shared/contract/packets.ts';
import { packetName, packetType } from '../../../shared/mqtt/packet/packet-type.ts';
import { PacketPaths } from './packet-paths.ts';
import type { PacketRecorder } from './packet-recorder.ts';
import { rowOf } from './packet-rows.ts';
import type { StoredPacket } from './packet-ring.ts';

const mostSteps = 300;

export interface SequenceSources {
  /** A message of the history with the beginning of its payload; `null`: it is not there (any more). */
  readonly message: (id: number, maxBytes: number) => Promise<MessageDetail | null>;
  /** Of a message that the local broker has routed. */
  readonly whoGot: (id: number) => MessageTrace | null;
}

export interface WantedMessages {
  readonly source: PacketSourceId;
  /** Ids in the history. */
  readonly messages: readonly number[];
}

const comparedBytes = 1_048_576;

/** What belongs to a packet; `null`: it is forgotten. */
export function sequenceOfPacket(recorder: PacketRecorder, seq: number): PacketSequence | null {
  if (!recorder.ring.has(seq)) return null;
  const drawing = new Drawing(recorder);
  drawing.addPackets(new PacketPaths(recorder).around(seq));
  return drawing.end();
}

/** The ways of messages, one after the other: by their packets where they were recorded, by their traces where not. */
export async function sequenceOfMessages(
  recorder: PacketRecorder,
  { source, messages }: WantedMessages,
  { message, whoGot }: SequenceSources,
): Promise<PacketSequence> {
  const drawing = new Drawing(recorder);
  const paths = new PacketPaths(recorder);
  for (const id of messages) {
    const detail = await message(id, comparedBytes);
    const trace = source === 'broker' ? whoGot(id) : null;
    // As its broker sees it: own messages of a connection come in, and so do those of devices that are intercepted.
    const isIn = source === 'broker' || (detail?.direction === 'out') === source.startsWith('connection:');
    const packet = detail ? paths.packetOf({ ...detail, source, direction: isIn ? 'in' : 'out' }) : undefined;
    if (packet) drawing.addPackets(paths.journey(packet, trace ? new Set(trace.receivers.map(({ clientId }) => clientId ?? '')) : undefined));
    if (trace) drawing.addTrace(trace, detail, packet !== undefined);
    if (!packet && !trace) drawing.missing += 1;
  }
  return drawing.end();
}

class Drawing {
  readonly #recorder: PacketRecorder;
  readonly #steps: SequenceStep[] = [];
  readonly #seqs = new Set<number>();
  readonly #participants = new Map<string, SequenceParticipant>();
  #traced = false;
  missing = 0;

  constructor(recorder: PacketRecorder) {
    this.#recorder = recorder;
  }

  addPackets(seqs: Iterable<number>): void {
    for (const seq of seqs) {
      const packet = this.#recorder.ring.get(seq);
      if (packet === undefined || this.#seqs.has(seq)) continue;
      this.#seqs.add(seq);
      this.#addPacket(packet);
    }
  }

  #addPacket(packet: StoredPacket): void {
    const row = rowOf(this.#recorder, packet, null);
    const client = this.#client(row.source, row.clientId, row.connection);
    const broker = this.#broker(row.source);
    const [from, to] = row.direction === 'in' ? [client, broker] : [broker, client];
    const id = row.packetId === null ? [] : [`#${row.packetId}`];
    this.#steps.push({
      timeUs: row.timeUs,
      from,
      to: row.end === null ? to : from,
      name: row.end === null ? packetName(row.type ?? 0) : 'end',
      words: [...id, row.topic ?? '', row.words].filter((part) => part !== '').join(' '),
      kind: kindOf(row.type ?? 0),
      seq: packet.seq,
      problem: row.problem,
    });
  }

  /** What the packets do not show: without them everything, with them what was not delivered. */
  addTrace({ publisher, packetId, routedAtUs, receivers }: MessageTrace, detail: MessageDetail | null, hasPackets: boolean): void {
    const broker = this.#broker('broker');
    const topic = detail?.topic ?? '';
    if (!hasPackets) {
      this.#traced = true;
      const from = publisher === null ? broker : this.#client('broker', publisher, 0);
      this.#step({
        timeUs: routedAtUs,
        from,
        to: broker,
        name: 'PUBLISH',
        words: [packetId > 0 ? `#${packetId}` : '', topic].join(' ').trim(),
        kind: 'message',
      });
    }
    for (const receiver of receivers) this.#addReceiver(receiver, broker, topic, routedAtUs, hasPackets);
  }

  #addReceiver(receiver: TracedReceiver, broker: string, topic: string, routedAtUs: number, hasPackets: boolean): void {
    const { clientId, state, packetId, qos, writtenAtUs, acknowledgedAtUs, endedAtUs } = receiver;
    if (clientId === null) return;
    const isWritten = writtenAtUs !== null;
    const id = packetId > 0 ? `#${packetId} ` : '';
    if (isWritten && !hasPackets) {
      const client = this.#client('broker', clientId, 0);
      this.#step({ timeUs: writtenAtUs, from: broker, to: client, name: 'PUBLISH', words: `${id}${topic} QoS ${qos}`, kind: 'message' });
      if (acknowledgedAtUs !== null)
        this.#step({ timeUs: acknowledgedAtUs, from: client, to: broker, name: qos === 2 ? 'PUBCOMP' : 'PUBACK', words: id.trim(), kind: 'answer' });
    }
    // Members of a shared subscription that others have stood in for are no loss.
    if (state === 'written' || state === 'other-member' || state === 'no-local') return;
    this.#traced = true;
    this.#step({
      timeUs: endedAtUs ?? routedAtUs,
      from: broker,
      to: this.#client('broker', clientId, 0),
      name: 'not delivered',
      words: lossWords[state] ?? state,
      kind: 'lost',
    });
  }

  #step(step: Omit<SequenceStep, 'seq' | 'problem'>): void {
    this.#steps.push({ ...step, seq: null, problem: null });
  }

  end(): PacketSequence {
    const steps = this.#steps.toSorted((one, other) => one.timeUs - other.timeUs || (one.seq ?? 0) - (other.seq ?? 0));
    const shown = steps.slice(0, mostSteps);
    return { participants: this.#ordered(shown), steps: shown, omitted: steps.length - shown.length, traced: this.#traced, missing: this.missing };
  }

  /** Who begins stands left of the broker, who only receives right of it. */
  #ordered(steps: readonly SequenceStep[]): readonly SequenceParticipant[] {
    const order: string[] = [];
    for (const { from, to } of steps) for (const id of [from, to]) if (!order.includes(id)) order.push(id);
    const all = order.map((id) => this.#participants.get(id) as SequenceParticipant);
    const clients = all.filter(({ isBroker }) => !isBroker);
    const first = clients.filter(({ id }) => id === steps[0]?.from);
    return [...first, ...all.filter(({ isBroker }) => isBroker), ...clients.filter((client) => !first.includes(client))];
  }

  #broker(source: PacketSourceId): string {
    const id = `broker ${source}`;
    if (!this.#participants.has(id)) {
      const name = this.#recorder.sourceName(source);
      this.#participants.set(id, { id, name: source === 'broker' ? name : `Broker of ${name}`, isBroker: true });
    }
    return id;
  }

  /** The same client over several connections is one; who has not said its name is another for each. */
  #client(source: PacketSourceId, clientId: string | null, connection: number): string {
    const id = clientId === null ? `connection ${connection}` : `client ${source} ${clientId}`;
    if (!this.#participants.has(id)) {
      const name = clientId === null ? `connection ${connection}` : clientId === '' ? '(empty)' : clientId;
      this.#participants.set(id, { id, name, isBroker: false });
    }
    return id;
  }
}

const lossWords: Readonly<Partial<Record<TracedReceiver['state'], string>>> = {
  waiting: 'still waits',
  'not-authorised': 'not allowed to receive it',
  expired: 'expired before it could be sent',
  'queue-full': 'too much waits for this client already',
  'output-full': 'the client does not read, and QoS 0 does not wait',
  offline: 'not connected, and QoS 0 does not wait',
  'too-large': 'larger than the client takes',
  'no-member': 'no member of the shared subscription could take it',
  'session-ended': 'the session ended before',
  discarded: 'discarded by hand',
  refused: 'the client refused it',
};

function kindOf(type: number): SequenceStep['kind'] {
  switch (type) {
    case packetType.publish:
      return 'message';
    case packetType.connect:
    case packetType.subscribe:
    case packetType.unsubscribe:
    case packetType.pingreq:
    case packetType.disconnect:
    case packetType.auth:
      return 'session';
    default:
      return 'answer';
  }
}
