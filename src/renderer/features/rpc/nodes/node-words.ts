import type { RpcNode, RpcNodeStatus, ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import type { DotTone } from '../../../ui/badge.tsx';
import type { SourceOption } from '../../common/index.ts';

type Phase = RpcNodeStatus['phase'];

const phases: Readonly<Record<Phase, { readonly label: string; readonly tone: DotTone }>> = {
  stopped: { label: 'stopped', tone: 'off' },
  starting: { label: 'starting', tone: 'busy' },
  running: { label: 'running', tone: 'ok' },
  waiting: { label: 'waiting', tone: 'warn' },
  failed: { label: 'failed', tone: 'bad' },
};

export const phaseWords = (phase: Phase): { readonly label: string; readonly tone: DotTone } => phases[phase];

/** Whether the node is meant to be there: it can be stopped. */
export const isOn = (phase: Phase): boolean => phase === 'running' || phase === 'starting' || phase === 'waiting';

/** A source within a sentence. */
export const sourceWords = ({ id, name }: Pick<SourceOption, 'id' | 'name'>): string => (id === 'broker' ? 'the local broker' : name);

/** The state of a node as a sentence, for its header. */
export function stateLine(
  node: Pick<RpcNode, 'topic' | 'dialect'>,
  status: RpcNodeStatus | undefined,
  source: Pick<SourceOption, 'id' | 'name' | 'live'>,
): string {
  switch (status?.phase ?? 'stopped') {
    case 'running':
      return node.topic === '' ? 'Running' : `Running: answers on ${node.topic}`;
    case 'starting':
      return 'Starting';
    case 'waiting':
      return source.live ? 'Waiting for the next attempt' : `Waiting for ${sourceWords(source)}`;
    case 'failed':
      return 'Failed';
    default:
      return 'Stopped';
  }
}

export type AnswerKind = ServedMethod['answer']['kind'];

/** The ways to answer, in the order they are offered. */
export const answerKinds: readonly { readonly value: AnswerKind; readonly label: string; readonly about: string }[] = [
  { value: 'static', label: 'Static', about: 'Every call gets the same result.' },
  { value: 'error', label: 'Error', about: 'Every call fails with this text.' },
  { value: 'template', label: 'Template', about: 'JSON with placeholders that are filled in for each call.' },
  { value: 'script', label: 'Script', about: 'JavaScript that works the result out.' },
];

export const kindLabel = (kind: AnswerKind): string => answerKinds.find(({ value }) => value === kind)?.label ?? kind;

const percent = (rate: number): string => `${Number((rate * 100).toFixed(2))} %`;

/** What goes wrong on purpose, a phrase each; empty when nothing does. */
export function faultWords(faults: ServedMethod['faults']): readonly string[] {
  const { delayMs, jitterMs, errorRate, dropRate, duplicateRate, duplicates, lateRate, lateMs } = faults;
  return [
    ...(delayMs > 0 || jitterMs > 0 ? [jitterMs > 0 ? `${delayMs} to ${delayMs + jitterMs} ms later` : `${delayMs} ms later`] : []),
    ...(errorRate > 0 ? [`${percent(errorRate)} errors`] : []),
    ...(dropRate > 0 ? [`${percent(dropRate)} not answered`] : []),
    ...(duplicateRate > 0 ? [`${percent(duplicateRate)} answered ${duplicates + 1} times`] : []),
    ...(lateRate > 0 ? [`${percent(lateRate)} late by ${lateMs} ms`] : []),
  ];
}
