import { compileFilter } from '../../../shared/mqtt/topic-filter.ts';
import type { TopicIndex } from './topic-index.ts';
import type { TopicNode } from './topic-node.ts';

/** Beyond this many hits, branches start closed: nobody reads thousands of rows that opened by themselves. */
const autoExpandLimit = 2000;

/** What a filter text means: an MQTT filter when it holds a wildcard, else words that must all occur in the topic. */
export function compileTopicFilter(text: string): ((topic: string) => boolean) | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (/[+#]/.test(trimmed)) return compileFilter(trimmed);
  const words = trimmed.toLowerCase().split(/\s+/);
  return (topic) => {
    const lower = topic.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}

/** The topics of an index that match, with their ancestors; kept up to date while topics appear. */
export class FilterHits {
  readonly #matches: (topic: string) => boolean;
  readonly #index: TopicIndex;
  readonly #kept = new Set<TopicNode>();
  readonly #forget: () => void;
  matchCount = 0;

  constructor(index: TopicIndex, matches: (topic: string) => boolean) {
    this.#matches = matches;
    this.#index = index;
    this.#collect();
    const listener = (node: TopicNode): void => {
      if (this.#matches(node.path())) this.#keep(node);
    };
    index.onNewTopic.add(listener);
    this.#forget = () => void index.onNewTopic.delete(listener);
  }

  get autoExpand(): boolean {
    return this.matchCount <= autoExpandLimit;
  }

  has(node: TopicNode): boolean {
    return this.#kept.has(node);
  }

  close(): void {
    this.#forget();
  }

  #collect(): void {
    const stack: { readonly node: TopicNode; readonly path: string }[] = [];
    for (const child of this.#index.root.children?.values() ?? []) stack.push({ node: child, path: child.name });
    for (let top = stack.pop(); top; top = stack.pop()) {
      if (top.node.ownMessageCount > 0 && this.#matches(top.path)) this.#keep(top.node);
      for (const child of top.node.children?.values() ?? []) stack.push({ node: child, path: `${top.path}/${child.name}` });
    }
  }

  #keep(node: TopicNode): void {
    this.matchCount += 1;
    for (let up: TopicNode | null = node; up && !this.#kept.has(up); up = up.parent) this.#kept.add(up);
  }
}
