import type { Problem } from '../../../../shared/contract/common.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { shorten } from '../../../../shared/text/shorten.ts';

const maxNodeBytes = 4 * 1024 * 1024;
/** What the page can take in one message, with room for what is around the value. */
const maxResultDepth = 48;

type NodeProblem = Problem & { readonly code: 'bad-input' | 'invalid-topic' | 'payload-too-large' };

/** What keeps a node from being used, beside the form that its schema checks; files of the workspace may be written by hand. */
export function nodeProblem(node: RpcNode): NodeProblem | null {
  const topicProblem = node.topic === '' ? null : validateTopicFilter(node.topic);
  if (topicProblem) return { code: 'invalid-topic', message: topicProblem.message, advice: topicProblem.advice };
  const twice = firstRepeated(node.methods.map(({ name }) => name));
  if (twice !== undefined) return { code: 'bad-input', message: `There are two methods named "${shorten(twice, 100)}".`, advice: 'Rename one of them.' };
  const ruleTwice = firstRepeated(node.rules.map(({ id }) => id));
  if (ruleTwice !== undefined) return { code: 'bad-input', message: `There are two rules with the id "${ruleTwice}".`, advice: 'Give one of them another id.' };
  for (const { name, answer } of node.methods) {
    if (answer.kind === 'static' && isDeeper(answer.result, maxResultDepth))
      return {
        code: 'bad-input',
        message: `The result of "${shorten(name, 100)}" is nested deeper than ${maxResultDepth} levels.`,
        advice: 'Use a script for it.',
      };
  }
  if (node.presence && node.clientId !== '' && /[+#/]/.test(node.clientId))
    return { code: 'bad-input', message: 'With presence the client id is a level of a topic.', advice: 'Leave "+", "#" and "/" out of it.' };
  const bytes = Buffer.byteLength(JSON.stringify(node));
  if (bytes > maxNodeBytes) {
    const mebibytes = (bytes / 1_048_576).toFixed(1);
    return {
      code: 'payload-too-large',
      message: `The node is too large to be kept (${mebibytes} MiB; 4 MiB at most).`,
      advice: 'Spread its methods over two nodes.',
    };
  }
  return null;
}

function firstRepeated(texts: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return texts.find((text) => seen.has(text) || !seen.add(text));
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((inner: JsonValue) => isDeeper(inner, levels - 1));
}
