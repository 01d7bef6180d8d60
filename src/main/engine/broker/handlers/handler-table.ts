import type { BrokerHandler } from '../../../../shared/contract/broker-handlers.ts';
import { filterLevels, overlap, type FilterLevel } from '../../../../shared/broker/access/filter-sets.ts';
import { capturesOf, fitsClient, matchesClientId, parsePattern, patternFilter, type TopicPattern } from '../../../../shared/broker/handlers/pattern.ts';
import { PatternTrie } from '../../../../shared/broker/handlers/pattern-trie.ts';

/** Topics whose handlers are remembered. */
const mostTopics = 10_000;

export interface Placed<H> {
  readonly handler: H;
  /** Where it runs among the others. */
  readonly order: number;
  readonly pattern: TopicPattern;
}

export interface MatchedTopic<H> {
  readonly levels: readonly string[];
  readonly handlers: readonly Placed<H>[];
}

/** Which handlers are asked about what, in their order. Only those that are on are in it. */
export class HandlerTable<H extends { readonly handler: BrokerHandler }> {
  readonly #publish = new PatternTrie<Placed<H>>();
  readonly #subscribeText = new PatternTrie<Placed<H>>();
  readonly #subscribeMqtt: (Placed<H> & { readonly filter: readonly FilterLevel[] })[] = [];
  readonly #clients: Readonly<Record<'connect' | 'disconnect', H[]>> = { connect: [], disconnect: [] };
  readonly #known = new Map<string, MatchedTopic<H>>();
  #hasPublish = false;
  #hasSubscribe = false;

  constructor(handlers: readonly H[]) {
    for (const [order, handler] of handlers.entries()) this.#add(handler, order);
  }

  get hasPublish(): boolean {
    return this.#hasPublish;
  }

  get hasSubscribe(): boolean {
    return this.#hasSubscribe;
  }

  /** Those whose pattern fits the topic, whoever publishes: see `fits`. */
  ofTopic(topic: string): MatchedTopic<H> {
    let known = this.#known.get(topic);
    if (known !== undefined) return known;
    const levels = topic.split('/');
    known = { levels, handlers: this.#publish.match(levels, true).toSorted(inOrder) };
    if (this.#known.size >= mostTopics) this.#known.clear();
    this.#known.set(topic, known);
    return known;
  }

  /** `filter` without `$share/NAME/`. */
  ofSubscribe(filter: string, clientId: string): readonly Placed<H>[] {
    const levels = filter.split('/');
    const asFilter = this.#subscribeMqtt.length === 0 ? [] : filterLevels(filter);
    return [
      ...this.#subscribeText.match(levels, false).filter((placed) => fits(placed, levels, clientId)),
      ...this.#subscribeMqtt.filter(({ pattern, filter: own }) => overlap(own, asFilter) && takesClient(pattern, levels, clientId)),
    ].toSorted(inOrder);
  }

  ofClient(event: 'connect' | 'disconnect', clientId: string): readonly H[] {
    const all = this.#clients[event];
    return all.length === 0 ? all : all.filter(({ handler }) => matchesClientId(handler.pattern, clientId));
  }

  #add(running: H, order: number): void {
    const { on, pattern: text, match } = running.handler;
    if (on === 'connect' || on === 'disconnect') {
      this.#clients[on].push(running);
      return;
    }
    const pattern = parsePattern(text);
    const placed = { handler: running, order, pattern };
    if (on === 'publish') {
      this.#hasPublish = true;
      this.#publish.add(pattern, placed);
      return;
    }
    this.#hasSubscribe = true;
    if (match === 'text') this.#subscribeText.add(pattern, placed);
    else this.#subscribeMqtt.push({ ...placed, filter: filterLevels(patternFilter(pattern)) });
  }
}

export function fits<H>({ pattern }: Placed<H>, levels: readonly string[], clientId: string | null): boolean {
  return pattern.clientAt.length === 0 || fitsClient(pattern, levels, clientId);
}

/** Where the filter has a wildcard, any client is meant. */
function takesClient({ clientAt }: TopicPattern, levels: readonly string[], clientId: string): boolean {
  const open = levels.indexOf('#');
  return clientAt.every((at) => levels[at] === clientId || levels[at] === '+' || (open !== -1 && at >= open));
}

/** Levels that the filter leaves open are not among them. */
export function filterCaptures({ levels }: TopicPattern, filter: readonly string[]): Readonly<Record<string, string>> {
  const captures = capturesOf({ levels, clientAt: [] }, filter);
  return Object.fromEntries(Object.entries(captures).filter(([, value]) => value !== '+' && value !== '#'));
}

const inOrder = (one: { readonly order: number }, other: { readonly order: number }): number => one.order - other.order;
