import type { GfHandler, PipelineOutcome, PipelineStatus, PipelineStep, PipelineTraceRow } from '../../../../shared/contract/coap-pipeline.ts';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import type { DotTone, Tone } from '../../../ui/badge.tsx';

type Words = { readonly title: string; readonly text: string; readonly tone: 'ok' | 'warn' | 'bad' | 'info' };

/** What comes of a message, for who reads the trace. */
export function outcomeWords(outcome: PipelineOutcome): Words {
  switch (outcome.kind) {
    case 'resolved':
      return { title: 'The call gives this message', text: 'request() returns it as it stands after the handlers.', tone: 'ok' };
    case 'raised':
      return { title: `The caller catches ${outcome.exception.name}`, text: 'request() raises it; there is no result.', tone: 'bad' };
    case 'bad-result':
      return {
        title: outcome.message,
        text: 'The call was completed by what is no response: a client that asks itself is given its own request.',
        tone: 'bad',
      };
    case 'timeout':
      return {
        title: 'The caller catches GatewayTimeoutResponse (504, local)',
        text: 'No handler returned a value or raised: the call waits until its time is over.',
        tone: 'bad',
      };
    case 'unheard':
      return { title: 'Nothing comes of it', text: 'No call waits for this message.', tone: 'info' };
    case 'answered': {
      const { code } = outcome.response;
      const title = findResponseCode(code)?.title;
      return {
        title: `Answered with ${code}${title === undefined ? '' : ` ${title}`}`,
        text: 'Published once, on the response topic of the request.',
        tone: code < 400 ? 'ok' : 'warn',
      };
    }
    case 'unanswered':
      return { title: 'Nothing is published', text: 'No handler returned a response: the caller gets its own 504 when its time is over.', tone: 'warn' };
    case 'ignored':
      return { title: 'Passed by', text: outcome.message, tone: 'info' };
  }
}

const shortOutcomes = {
  resolved: 'result',
  raised: 'raised',
  'bad-result': 'ValueError',
  timeout: 'time-out',
  unheard: 'unheard',
  answered: 'answered',
  unanswered: 'no answer',
  ignored: 'passed by',
} as const satisfies Record<PipelineOutcome['kind'], string>;

export function rowWords({ outcome, about, loopEnded }: PipelineTraceRow): { readonly text: string; readonly tone: Tone } {
  if (loopEnded) return { text: 'loop ended', tone: 'bad' };
  const tone =
    outcome === 'resolved'
      ? 'ok'
      : outcome === 'answered'
        ? Number(about) < 400
          ? 'ok'
          : 'warn'
        : outcome === 'unheard' || outcome === 'ignored'
          ? 'neutral'
          : outcome === 'unanswered'
            ? 'warn'
            : 'bad';
  return { text: about === '' ? shortOutcomes[outcome] : about, tone };
}

export const stepWords = {
  skipped: { label: 'Skipped', tone: 'neutral' },
  'not-reached': { label: 'Not reached', tone: 'neutral' },
  ran: { label: 'Ran', tone: 'ok' },
  raised: { label: 'Raised', tone: 'warn' },
  failed: { label: 'Failed', tone: 'bad' },
} as const satisfies Record<PipelineStep['result'], { readonly label: string; readonly tone: Tone }>;

const classNames = { success: '2.xx', 'client-error': '4.xx', 'server-error': '5.xx' } as const;

/** Which messages a handler takes, in a line. */
export function matchWords({ kind, match }: Pick<GfHandler, 'kind' | 'match'>): string {
  const { device, subsystem, path, methods, codes } = match;
  const parts = [...(kind === 'request' ? [methods.join(' ')] : [codes.map((code) => classNames[code]).join(' ')]), path, device, subsystem].filter(
    (part) => part !== '',
  );
  return parts.length === 0 ? `every ${kind}` : parts.join(' · ');
}

export function statusWords(status: PipelineStatus | undefined, enabled: boolean): { readonly text: string; readonly tone: DotTone } {
  if (!enabled) return { text: 'Switched off: messages pass as if there were no handlers', tone: 'off' };
  if (!status) return { text: 'Loading …', tone: 'off' };
  const { phase, problem, subscriptions } = status;
  switch (phase) {
    case 'off':
      return { text: 'Takes the responses to your own requests', tone: 'ok' };
    case 'running':
      return { text: `Takes ${subscriptions.map(({ filter }) => filter).join(', ')} and the responses to your own requests`, tone: 'ok' };
    case 'starting':
      return { text: 'Connecting …', tone: 'busy' };
    case 'waiting':
      return { text: problem?.message ?? 'Waits for its connection', tone: 'warn' };
    case 'failed':
      return { text: problem?.message ?? 'Failed', tone: 'bad' };
    case 'stopped':
      return { text: problem?.message ?? 'Waits until the source is up', tone: 'off' };
  }
}
