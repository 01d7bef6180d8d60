import type { BrokerHandler, HandlerStatus, TryResult } from '../../../../shared/contract/broker-handlers.ts';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { DotTone } from '../../../ui/badge.tsx';
import { formatCount } from '../../common/index.ts';

const events = { publish: 'PUBLISH', subscribe: 'SUBSCRIBE', connect: 'Connect', disconnect: 'Disconnect' } as const;

export const eventOptions = [
  { value: 'publish', label: 'PUBLISH', detail: 'change, answer, drop or refuse a message' },
  { value: 'subscribe', label: 'SUBSCRIBE', detail: 'send something to who subscribes' },
  { value: 'connect', label: 'Connect', detail: 'let a client in or refuse it' },
  { value: 'disconnect', label: 'Disconnect', detail: 'look on as clients leave' },
] as const;

export function matchWords({ on, pattern }: Pick<BrokerHandler, 'on' | 'pattern'>): string {
  return `${events[on]} ${pattern === '' ? '*' : pattern}`;
}

export function stateWords(
  handler: BrokerHandler,
  status: HandlerStatus | undefined,
  broker: BrokerStatus | undefined,
): { readonly tone: DotTone; readonly text: string } {
  if (!handler.enabled) return { tone: 'off', text: 'Switched off' };
  if (broker?.engine === 'aedes') return { tone: 'off', text: 'The engine aedes runs no handlers' };
  if (broker?.phase !== 'running') return { tone: 'off', text: 'The broker is not running' };
  switch (status?.phase) {
    case 'unusable':
      return { tone: 'bad', text: 'Its script cannot be loaded' };
    case 'switched-off':
      return { tone: 'bad', text: 'Switched itself off after failures' };
    case 'ready':
      return status.lastError === null ? { tone: 'ok', text: 'In use' } : { tone: 'warn', text: 'In use, and it has failed' };
    default:
      return { tone: 'busy', text: 'Loading' };
  }
}

/** `12 runs · 3 changed`; empty before the first. */
export function countWords(status: HandlerStatus): string {
  const { runs, changed, answered, dropped, refused, failed, timedOut, missed, meanMs } = status;
  const counts: readonly (readonly [number, string])[] = [
    [changed, 'changed'],
    [answered, 'sent'],
    [dropped, 'dropped'],
    [refused, 'refused'],
    [failed, timedOut === 0 ? 'failed' : timedOut === failed ? 'too late' : `failed, ${formatCount(timedOut)} of them too late`],
    [missed, 'missed'],
  ];
  const words = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  if (runs > 0) words.unshift(`${formatCount(runs)} ${runs === 1 ? 'run' : 'runs'}`);
  return [...words, ...(meanMs === null ? [] : [`${meanMs < 10 ? meanMs.toFixed(1) : Math.round(meanMs)} ms`])].join(' · ');
}

const outcomes: Readonly<Record<BrokerHandler['on'], Readonly<Record<Exclude<TryResult['outcome'], 'failed'>, string>>>> = {
  publish: {
    nothing: 'The message goes on as it is.',
    changed: 'The message goes on like this:',
    dropped: 'The message is dropped.',
    refused: 'The message is refused',
    answered: 'The message goes on as it is.',
  },
  subscribe: { nothing: 'Nothing is sent.', changed: '', dropped: '', refused: '', answered: 'The client gets:' },
  connect: { nothing: 'The client is let in.', changed: '', dropped: '', refused: 'The client is refused', answered: 'The client is let in.' },
  disconnect: { nothing: 'It looked on.', changed: '', dropped: '', refused: '', answered: 'It looked on.' },
};

export function outcomeWords({ on, failure }: Pick<BrokerHandler, 'on' | 'failure'>, { passedBy, outcome, refusal }: TryResult): string {
  if (passedBy !== null) return `It is not asked. ${passedBy}`;
  if (outcome === 'failed') {
    if (on !== 'publish') return 'It failed.';
    return failure === 'drop' ? 'It failed: the message would be dropped.' : 'It failed: the message would go on as it is.';
  }
  const words = outcomes[on][outcome];
  if (refusal === null) return words;
  return `${words} with 0x${refusal.code.toString(16).padStart(2, '0')}${refusal.reason === '' ? '.' : `: ${refusal.reason}`}`;
}
