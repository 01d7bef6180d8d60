import type { FaultAction } from '../../../../shared/broker/faults/fault-rules.ts';
import { packetName, packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import type { ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';
import { describeReason } from '../../../../shared/mqtt/reason-codes.ts';
import type { PacketFault } from '../../../../shared/messages/tapped-packet.ts';
import { briefBytes } from '../core/own-bytes.ts';
import { corrupted, withDup } from './damage.ts';
import type { Direction, FaultHost, LinkFaults, LinkPlan } from './fault-host.ts';
import { FaultLane } from './fault-lane.ts';
import { MqttdPlay } from './mqttd-play.ts';
import { PacketFramer } from './packet-framer.ts';
import { peekConnect, typeOf } from './packet-peek.ts';
import type { LinkRule, RuleRuntime } from './rule-runtime.ts';
import { TopicTrail } from './topic-trail.ts';
import { Withheld } from './withheld.ts';

const inboundHeldBytes = 1_048_576;
/** As long as the server in Python would need to find that it has no message. */
const pythonHoldMs = 100;

/** Stands between the packets of one connection and the network, and does to them what the rules say. Exists only for connections that faults are on for. */
export class FaultLink {
  readonly #host: FaultHost;
  readonly #plan: LinkPlan;
  readonly #framer: PacketFramer;
  readonly #lanes: { readonly in: FaultLane; readonly out: FaultLane };
  #rules: readonly LinkRule[] = [];
  #play: MqttdPlay | null = null;
  #playLabel = '';
  #trail: TopicTrail | null = null;
  readonly #withheld: Withheld;
  #timers: (() => void)[] = [];
  #clientId: string | null;
  /** Packets of the client are looked at one by one; not before one that was under way is over. */
  #isFramed: boolean;
  #silentBy: RuleRuntime | null = null;
  #stoppedBy: RuleRuntime | null = null;
  #isFull = false;
  #isOver = false;
  #leave: (() => void) | null = null;
  /** What follows when all that the client has sent has reached the broker. */
  #atInputEnd: (() => void)[] = [];

  constructor(host: FaultHost, plan: LinkPlan) {
    this.#host = host;
    this.#plan = plan;
    this.#clientId = host.clientId;
    this.#isFramed = host.isBetweenPackets;
    this.#framer = new PacketFramer(host.packetLimit);
    const lane = (direction: Direction): FaultLane =>
      new FaultLane({
        clock: plan.clock,
        pass: (bytes) => (direction === 'in' ? host.deliver(bytes) : host.write(bytes)),
        passed: (packet, fault) => direction === 'out' && host.tap('out', packet, fault),
        held: (packets, bytes) => this.#heldChanged(direction, packets, bytes),
      });
    this.#lanes = { in: lane('in'), out: lane('out') };
    this.#withheld = new Withheld({
      clock: plan.clock,
      limitBytes: () => plan.lanesLimitBytes,
      pass: (direction, bytes, fault) => this.#pass(direction, bytes, fault),
      held: (packets, bytes) => plan.held(packets, bytes),
      hurried: () => plan.hurried(),
    });
  }

  get clientId(): string | null {
    return this.#clientId;
  }

  get listener(): string | undefined {
    return this.#host.listener;
  }

  get labels(): readonly string[] {
    return [...this.#rules.map(({ rule }) => rule.label), ...(this.#playLabel === '' ? [] : [this.#playLabel])];
  }

  /** Whether packets of the client are told of here rather than where they are decoded. */
  get tapsInput(): boolean {
    return this.#isFramed && !this.#framer.isRaw;
  }

  /** Bytes that wait here for the client. */
  get heldBytes(): number {
    return this.#lanes.out.heldBytes;
  }

  /** The broker cannot judge the silence of this client. */
  get isDeaf(): boolean {
    return this.#silentBy !== null || this.#stoppedBy !== null || !this.#lanes.in.isEmpty;
  }

  get keepsPaused(): boolean {
    return this.#stoppedBy !== null || this.#isFull;
  }

  /** What is on has changed, or the client has said who it is. `fresh`: rules that were not on before. */
  setFaults({ rules, play }: LinkFaults, fresh: ReadonlySet<RuleRuntime>): void {
    const kept = new Map(this.#rules.map((one) => [one.rule, one]));
    const isLess = this.#rules.some(({ rule }) => !rules.some((one) => one.rule === rule));
    this.#rules = rules.map((one) => kept.get(one.rule) ?? one);
    if (isLess) this.#release(new Set(rules.map(({ rule }) => rule)));
    if (this.#playLabel !== (play?.label ?? '') || play === null) this.#putPlay(play);
    if (this.#trail === null && rules.some(({ rule }) => rule.matchesTopic !== null)) this.#trail = new TopicTrail();
    for (const { rule } of this.#rules) {
      const { action } = rule.rule;
      if (action.kind !== 'disconnect' || kept.has(rule)) continue;
      if (action.when === 'now' && fresh.has(rule)) return this.#cut(rule, action);
      if (action.when === 'seconds') this.#timers.push(this.#plan.clock.after(action.n * 1000, () => this.#cutByTime(rule, action)));
    }
  }

  #putPlay(play: LinkFaults['play']): void {
    const suback = this.#play?.takeSuback() ?? null;
    if (suback !== null) this.#pass('out', suback, undefined);
    this.#play = play === null ? null : new MqttdPlay(play.keys);
    this.#playLabel = play?.label ?? '';
  }

  // What the client sends.

  read(chunk: Uint8Array): void {
    if (this.#isOver) return;
    if (!this.#isFramed) {
      this.#host.deliver(chunk);
      if (this.#host.isBetweenPackets) this.#isFramed = true;
      return;
    }
    if (this.#framer.isRaw) return this.#host.deliver(chunk);
    this.#framer.limit = this.#host.packetLimit;
    // Whatever else it speaks, the broker tells it so at once.
    if (this.#clientId === null && this.#framer.isEmpty && typeOf(chunk) !== packetType.connect) this.#framer.isRaw = true;
    this.#framer.push(chunk);
    this.#takeFramed();
  }

  #takeFramed(): void {
    while (!this.#isOver && this.#stoppedBy === null) {
      const packet = this.#framer.next();
      if (packet === undefined) break;
      this.#came(packet);
    }
    if (this.#framer.isRaw && !this.#isOver) this.#host.deliver(this.#framer.takeRest());
  }

  #came(packet: Uint8Array): void {
    const type = typeOf(packet);
    if (type === packetType.connect && this.#clientId === null) {
      const connect = peekConnect(packet);
      this.#clientId = connect?.clientId ?? '';
      this.setFaults(this.#plan.choose(connect, this.#clientId, this.#host.listener), new Set());
      if (this.#rules.length === 0 && this.#play === null) {
        this.#host.tap('in', packet, undefined);
        this.#host.deliver(packet);
        return this.end();
      }
      this.#level = connect?.level ?? 4;
    }
    this.#play?.came(packet, this.level);
    this.#judge('in', packet, type);
  }

  #level: ProtocolLevel | null = null;

  get level(): ProtocolLevel {
    return this.#level ?? this.#host.level;
  }

  // What the broker sends.

  send(packet: Uint8Array): void {
    if (this.#isOver || this.#leave !== null) return;
    const answer = this.#play?.sent(packet, this.level) ?? null;
    if (answer === null) return this.#judge('out', packet, typeOf(packet));
    if (answer.waits) {
      this.#host.tap('out', packet, { rule: this.#playLabel, effect: 'frozen' });
      if (this.#play?.givesUpHolding === true) this.#timers.push(this.#plan.clock.after(pythonHoldMs, () => this.#releaseSuback()));
      return;
    }
    for (const { bytes, own } of answer.steps) this.#pass('out', bytes, own ? undefined : { rule: this.#playLabel, effect: 'forged' });
    if (!answer.closes) return;
    const close = (): void => this.#host.close({ how: 'close' });
    if (this.#lanes.out.isEmpty) return this.#over(close);
    this.#leave = () => this.#over(close);
  }

  #releaseSuback(): void {
    const suback = this.#play?.takeSuback() ?? null;
    if (suback !== null) this.#pass('out', suback, undefined);
  }

  // What becomes of a packet.

  #judge(direction: Direction, packet: Uint8Array, type: number): void {
    if (this.#silentBy !== null) return this.#lose(this.#silentBy, direction, packet);
    const topic = this.#trail?.topicOf(direction, packet, type, this.level) ?? null;
    let [bytes, delayMs, rate] = [packet, 0, 0];
    let duplicated: { readonly rule: RuleRuntime; copies: number } | null = null;
    let fault: PacketFault | undefined;
    let aside: { readonly by: LinkRule; readonly action: Extract<FaultAction, { kind: 'reorder' }> } | null = null;
    let cut: { readonly by: LinkRule; readonly action: Extract<FaultAction, { kind: 'disconnect' }> } | null = null;
    for (const one of this.#rules) {
      const { rule, client } = one;
      const { where, action } = rule.rule;
      if (!rule.matchesPacket(direction, type)) continue;
      if (rule.matchesTopic !== null && (topic === null || !rule.matchesTopic(topic))) continue;
      one.seen += 1;
      if (action.kind === 'disconnect') {
        if (action.when === 'packets' && one.seen === action.n && (where.times === null || client.used < where.times)) cut = { by: one, action };
        continue;
      }
      if (one.seen < where.from || (where.times !== null && client.used >= where.times)) continue;
      if (where.probability < 1 && client.random() >= where.probability) continue;
      client.used += 1;
      switch (action.kind) {
        case 'drop':
          this.#struck(rule, direction, `${packetName(type)} dropped`);
          return this.#host.tap(direction, packet, { rule: rule.label, effect: 'dropped' });
        case 'silent':
          this.#silentBy = rule;
          this.#host.refused(this.#clientId, `Nothing of it crosses any more, by the fault “${rule.label}”.`);
          return this.#lose(rule, direction, packet);
        case 'stop-reading':
          this.#struck(rule, direction, 'reading stopped');
          this.#host.refused(this.#clientId, `The broker stopped reading from it, by the fault “${rule.label}”.`);
          this.#stoppedBy = rule;
          this.#host.setReading(false);
          return this.#freeze(rule, direction, packet);
        case 'freeze':
          this.#struck(rule, direction, `${packetName(type)} kept back`);
          return this.#freeze(rule, direction, packet);
        case 'refuse':
          return this.#refuse(rule, action, packet);
        case 'no-connack':
          this.#struck(rule, direction, 'closed without CONNACK');
          this.#host.tap('in', packet, { rule: rule.label, effect: 'dropped' });
          this.#host.refused(this.#clientId, `Its CONNECT was not answered, by the fault “${rule.label}”.`);
          return this.#over(() => this.#host.close({ how: action.reset ? 'reset' : 'close' }));
        case 'delay':
          delayMs += action.ms + (action.jitterMs > 0 ? client.random() * action.jitterMs : 0);
          fault ??= { rule: rule.label, effect: 'delayed' };
          this.#struck(rule, direction, `${packetName(type)} delayed`);
          break;
        case 'throttle':
          rate = rate === 0 ? action.bytesPerSecond : Math.min(rate, action.bytesPerSecond);
          fault ??= { rule: rule.label, effect: 'delayed' };
          this.#struck(rule, direction, `${packetName(type)} throttled`);
          break;
        case 'corrupt':
          bytes = corrupted(bytes, action, client.random);
          fault = { rule: rule.label, effect: 'corrupted' };
          this.#struck(rule, direction, `${packetName(type)} corrupted`);
          break;
        case 'duplicate':
          duplicated ??= { rule, copies: 0 };
          duplicated.copies += action.copies;
          this.#struck(rule, direction, `${packetName(type)} duplicated`);
          break;
        case 'reorder':
          aside ??= { by: one, action };
          this.#struck(rule, direction, `${packetName(type)} overtaken`);
      }
    }
    // Coming in, the packet has crossed the network as it is; its time there is now.
    if (direction === 'in') this.#host.tap('in', packet, aside === null ? fault : { rule: aside.by.rule.label, effect: 'reordered' });
    if (aside !== null) this.#withheld.setAside(aside.by.rule, direction, bytes, aside.action);
    else {
      this.#pass(direction, bytes, fault, delayMs, rate);
      this.#withheld.overtaken(direction);
    }
    if (duplicated !== null) this.#duplicate(direction, bytes, duplicated, delayMs, rate);
    if (cut !== null && !this.#isOver) {
      cut.by.client.used += 1;
      this.#cut(cut.by.rule, cut.action);
    }
  }

  #duplicate(
    direction: Direction,
    bytes: Uint8Array,
    { rule, copies }: { readonly rule: RuleRuntime; readonly copies: number },
    delayMs: number,
    rate: number,
  ): void {
    const again = withDup(bytes);
    const fault: PacketFault = { rule: rule.label, effect: 'duplicate' };
    for (let copy = 0; copy < copies && !this.#isOver; copy += 1) {
      if (direction === 'in') this.#host.tap('in', again, fault);
      this.#pass(direction, again, fault, delayMs, rate);
    }
  }

  #pass(direction: Direction, bytes: Uint8Array, fault: PacketFault | undefined, delayMs = 0, rate = 0): void {
    if (this.#isOver) return;
    const lane = this.#lanes[direction];
    lane.add(delayMs > 0 || rate > 0 || !lane.isEmpty ? briefBytes(bytes) : bytes, delayMs, rate, fault);
  }

  #lose(rule: RuleRuntime, direction: Direction, packet: Uint8Array): void {
    this.#struck(rule, direction, `${packetName(typeOf(packet))} lost`);
    this.#host.tap(direction, packet, { rule: rule.label, effect: 'dropped' });
  }

  #refuse(rule: RuleRuntime, { code3, code5 }: Extract<FaultAction, { kind: 'refuse' }>, packet: Uint8Array): void {
    const isV5 = this.level === 5;
    const code = isV5 ? code5 : code3;
    const connack = isV5 ? Uint8Array.of(0x20, 3, 0, code, 0) : Uint8Array.of(0x20, 2, 0, code);
    this.#struck(rule, 'in', `refused with code ${code}`);
    this.#host.tap('in', packet, { rule: rule.label, effect: 'dropped' });
    this.#host.write(connack);
    this.#host.tap('out', connack, { rule: rule.label, effect: 'forged' });
    this.#host.refused(this.#clientId, `Refused by the fault “${rule.label}”: ${isV5 ? describeReason(code) : `return code ${code}`}.`);
    this.#over(() => this.#host.close({ how: 'close' }));
  }

  #cutByTime(rule: RuleRuntime, action: Extract<FaultAction, { kind: 'disconnect' }>): void {
    const one = this.#rules.find((known) => known.rule === rule);
    const { times } = rule.rule.where;
    if (one === undefined || this.#isOver || (times !== null && one.client.used >= times)) return;
    one.client.used += 1;
    this.#cut(rule, action);
  }

  #cut(rule: RuleRuntime, { ending }: Extract<FaultAction, { kind: 'disconnect' }>): void {
    this.#struck(rule, 'out', ending.how === 'reset' ? 'reset' : 'disconnected');
    this.#host.refused(this.#clientId, `Cut off by the fault “${rule.label}”.`);
    // A farewell is said by the fault: what it is called is seen with the packet.
    this.endingLabel = rule.label;
    this.#over(() => this.#host.close(ending));
  }

  /** Of the rule that has ended the connection. */
  endingLabel = '';

  #struck(rule: RuleRuntime, direction: Direction, what: string): void {
    rule.hits += 1;
    this.#plan.struck(rule, this.#clientId, direction, what);
  }

  // What is kept back.

  #freeze(rule: RuleRuntime, direction: Direction, packet: Uint8Array): void {
    this.#host.tap(direction, packet, { rule: rule.label, effect: 'frozen' });
    this.#withheld.freeze(rule, direction, packet);
  }

  #heldChanged(direction: Direction, packets: number, bytes: number): void {
    this.#plan.held(packets, bytes);
    if (direction === 'out') {
      if (bytes < 0 && this.#leave === null && !this.#isOver) this.#host.madeRoom();
      if (this.#leave !== null && this.#lanes.out.heldBytes === 0) this.#plan.clock.after(0, () => this.#leaveNow());
    } else {
      if (this.#atInputEnd.length > 0 && this.#lanes.in.heldBytes === 0) this.#plan.clock.after(0, () => this.#inputGone());
      // The client feels it as it feels a broker that does not keep up.
      const isFull = this.#lanes.in.heldBytes > inboundHeldBytes;
      if (isFull !== this.#isFull) {
        this.#isFull = isFull;
        if (this.#stoppedBy === null) this.#host.setReading(!isFull);
      }
    }
    const lane = this.#lanes[direction];
    if (packets > 0 && lane.heldBytes > this.#plan.lanesLimitBytes && lane.hurry()) this.#plan.hurried();
  }

  /** What rules that are not on any more hold is let go, in its order. */
  #release(on: ReadonlySet<RuleRuntime>): void {
    if (this.#silentBy !== null && !on.has(this.#silentBy)) this.#silentBy = null;
    const wasStopped = this.#stoppedBy !== null && !on.has(this.#stoppedBy);
    if (wasStopped) this.#stoppedBy = null;
    this.#lanes.in.flush();
    this.#lanes.out.flush();
    this.#withheld.release(on);
    this.#leaveNow();
    if (!wasStopped || this.#isOver) return;
    this.#host.setReading(true);
    this.#takeFramed();
  }

  // The end.

  /** No fault is on any more for this connection. */
  end(): void {
    if (this.#isOver) return;
    this.#rules = [];
    this.#putPlay(null);
    this.#release(new Set());
    if (this.#isOver) return;
    this.#isOver = true;
    const rest = this.#framer.takeRest();
    const leave = this.#leave;
    this.#leave = null;
    this.#forget();
    this.#host.unlink();
    if (rest.length > 0) this.#host.deliver(rest);
    leave?.();
  }

  /** The broker ends the connection; `leave` closes it when what was sent before has gone. `isGone`: the client waits for nothing any more. */
  ending(isGone: boolean, leave: () => void): void {
    if (this.#isOver || isGone) {
      this.#isOver = true;
      this.#forget();
      return leave();
    }
    this.#withheld.letAsidesGo('out');
    this.#lanes.in.clear();
    this.#leave = leave;
    if (this.#lanes.out.isEmpty && this.#silentBy === null) this.#leaveNow();
  }

  #leaveNow(): void {
    const leave = this.#leave;
    if (leave === null || !this.#lanes.out.isEmpty || this.#silentBy !== null) return;
    this.#leave = null;
    this.#isOver = true;
    this.#forget();
    leave();
  }

  /** The client sends nothing more: `then` follows on what it has sent. */
  inputEnded(then: () => void): void {
    if (this.#isOver || (this.#lanes.in.isEmpty && !this.#withheld.hasAsides('in'))) return then();
    this.#atInputEnd.push(then);
    this.#withheld.letAsidesGo('in');
  }

  #inputGone(): void {
    if (!this.#lanes.in.isEmpty) return;
    const [...all] = this.#atInputEnd;
    this.#atInputEnd = [];
    for (const then of all) then();
  }

  /** The stream is closed. */
  closed(): void {
    this.#isOver = true;
    this.#leave = null;
    this.#forget();
  }

  #over(close: () => void): void {
    this.#isOver = true;
    this.#leave = null;
    this.#forget();
    close();
  }

  #forget(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
    this.#withheld.clear();
    this.#lanes.in.clear();
    this.#lanes.out.clear();
    this.#plan.left(this);
    const [...ended] = this.#atInputEnd;
    this.#atInputEnd = [];
    for (const then of ended) then();
  }
}
