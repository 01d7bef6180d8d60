import type { FaultConfig, FaultEnding } from '../../../../shared/broker/faults/fault-rules.ts';
import { encodePacket } from '../../../../shared/mqtt/packet/encoder.ts';
import type { ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';
import { crossedNetwork, type PacketFault } from '../../../../shared/messages/tapped-packet.ts';
import type { BrokerCore } from '../core/broker-core.ts';
import type { Connection } from '../core/connection.ts';
import type { FaultHost } from './fault-host.ts';
import type { FaultLink } from './fault-link.ts';
import type { FaultPlan } from './fault-plan.ts';
import { resetStream } from './reset-stream.ts';

/** Faults for the broker core: packets are taken where they leave it and before it decodes them, on connections that are there already as well. */
export class CoreFaults {
  readonly #core: BrokerCore;
  readonly #plan: FaultPlan;

  constructor(core: BrokerCore, plan: FaultPlan) {
    this.#core = core;
    this.#plan = plan;
    this.#switch();
  }

  configure(config: FaultConfig): void {
    const links = [...this.#core.connections].map((connection) => ({
      host: new CoreHost(connection),
      link: connection.fault,
      attach: (link: FaultLink) => {
        connection.fault = link;
      },
    }));
    this.#plan.configure(config, links);
    this.#switch();
  }

  #switch(): void {
    this.#core.linkFaults = this.#plan.isOn ? (connection) => this.#plan.open(new CoreHost(connection)) : null;
  }
}

class CoreHost implements FaultHost {
  readonly #connection: Connection;
  #reason: string | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get listener(): string | undefined {
    return this.#connection.info.listener;
  }

  get clientId(): string | null {
    const { session, clientId } = this.#connection;
    return session?.clientId ?? clientId;
  }

  get level(): ProtocolLevel {
    return this.#connection.level;
  }

  get packetLimit(): number {
    return this.#connection.decoder.maximumPacketSize;
  }

  get isBetweenPackets(): boolean {
    return this.#connection.decoder.bufferedBytes === 0;
  }

  write(bytes: Uint8Array): void {
    this.#connection.output.push(bytes);
  }

  deliver(bytes: Uint8Array): void {
    this.#connection.decode(bytes);
  }

  setReading(isReading: boolean): void {
    const { stream, busy } = this.#connection;
    if (!isReading) stream.pause();
    else if (!busy) stream.resume();
  }

  madeRoom(): void {
    this.#connection.flushed();
  }

  close(ending: FaultEnding): void {
    const connection = this.#connection;
    connection.refusal = this.#reason;
    if (ending.how === 'reset') {
      // What is collected would still be sent.
      resetStream(connection.stream);
      return connection.end('lost');
    }
    if (ending.how === 'reason' && connection.session && connection.level === 5) {
      const bytes = encodePacket({ type: 'disconnect', code: ending.code, properties: null }, 5);
      connection.output.push(bytes);
      this.tap('out', bytes, { rule: connection.fault?.endingLabel ?? '', effect: 'forged' });
    }
    connection.end('closed-by-broker');
  }

  tap(direction: 'in' | 'out', packet: Uint8Array, fault: PacketFault | undefined): void {
    const connection = this.#connection;
    const { packetTap } = connection.core;
    if (direction === 'out' && crossedNetwork({ direction, ...(fault === undefined ? {} : { fault }) })) {
      connection.lastSentByte = packet[0] as number;
      connection.lastSentMs = connection.core.nowMs;
    }
    if (packetTap === null) return;
    // CONNECT is shown under the client id it asks for.
    connection.clientId ??= connection.fault?.clientId ?? null;
    packetTap.packet(connection, direction, packet, fault);
  }

  refused(clientId: string | null, reason: string): void {
    this.#reason = reason;
    const { core, info } = this.#connection;
    const { transport, address, listener } = info;
    core.reportRefusal({ clientId: clientId ?? this.clientId, transport, address, ...(listener === undefined ? {} : { listener }), reason });
  }

  unlink(): void {
    this.#connection.fault = null;
  }
}
