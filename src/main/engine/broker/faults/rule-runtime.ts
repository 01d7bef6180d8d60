import { matchesPattern, packetsOf, type FaultRule, type FaultScope } from '../../../../shared/broker/faults/fault-rules.ts';
import { ruleName } from '../../../../shared/broker/faults/fault-words.ts';
import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import { compileFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { seededRandom, textSeed } from './fault-random.ts';

/** Client ids whose dice and counts are remembered. */
const mostClients = 10_000;

interface ClientCount {
  readonly random: () => number;
  used: number;
}

/** What a rule is for one connection. */
export interface LinkRule {
  readonly rule: RuleRuntime;
  readonly client: ClientCount;
  /** Matching packets of this connection. */
  seen: number;
}

/** A rule that is on: what it looks for, and how often it has struck. */
export class RuleRuntime {
  readonly rule: FaultRule;
  readonly activation: string;
  /** The profile and the rule, for people. */
  readonly label: string;
  /** Tells whether a rule that is set again is still the same. */
  readonly key: string;
  readonly matchesTopic: ((topic: string) => boolean) | null;
  hits = 0;
  readonly #seed: number;
  readonly #types: number;
  readonly #clients = new Map<string, ClientCount>();

  constructor(rule: FaultRule, activation: { readonly id: string; readonly profile: { readonly name: string; readonly seed: number } }, key: string) {
    this.rule = rule;
    this.activation = activation.id;
    this.label = `${activation.profile.name}: ${ruleName(rule)}`;
    this.key = key;
    this.#seed = activation.profile.seed;
    this.matchesTopic = rule.where.topic === undefined ? null : compileFilter(rule.where.topic);
    this.#types = packetsOf(rule)?.reduce((bits, name) => bits | (1 << packetType[name]), 0) ?? 0xffff;
  }

  /** Whether connections of this client are touched at all. */
  matchesClient(clientId: string, listener: string | undefined): boolean {
    const { where } = this.rule;
    return (where.listener === undefined || where.listener === listener) && (where.clientId === undefined || matchesPattern(where.clientId, clientId));
  }

  matchesPacket(direction: 'in' | 'out', type: number): boolean {
    const wanted = this.rule.where.direction;
    return (wanted === 'both' || wanted === direction) && (this.#types & (1 << type)) !== 0;
  }

  forClient(clientId: string): LinkRule {
    let client = this.#clients.get(clientId);
    if (client === undefined) {
      client = { random: seededRandom(this.#seed ^ textSeed(`${this.rule.id}\n${clientId}`)), used: 0 };
      if (this.#clients.size >= mostClients) {
        const [oldest] = this.#clients.keys();
        if (oldest !== undefined) this.#clients.delete(oldest);
      }
      this.#clients.set(clientId, client);
    }
    return { rule: this, client, seen: 0 };
  }
}

export function matchesScope(scope: FaultScope, clientId: string, listener: string | undefined): boolean {
  if (scope.kind === 'all') return true;
  return scope.kind === 'listener' ? scope.listener === listener : matchesPattern(scope.clientId, clientId);
}
