import type { CallDetail, CallRow } from '../../../../shared/contract/rpc.ts';
import { exceptionOf, localTimeout, type GfException } from '../../../../shared/coap/gf/exception.ts';
import { readGfMessage, type GfResponseMessage } from '../../../../shared/coap/gf/message.ts';
import { findResponseCode, responseClass } from '../../../../shared/coap/gf/response-codes.ts';
import { parseGfTopic } from '../../../../shared/coap/gf/topics.ts';
import { addressOf, splitMethod } from './coap-address.ts';
import type { Tone } from '../../../ui/badge.tsx';

/** A response code as it is shown. */
export interface CodeWords {
  readonly label: string;
  readonly tone: Tone;
  readonly meaning: string;
}

/** `205 Content`; what it is called in RFC 7252 stands in the meaning. */
export function codeWords(code: number): CodeWords {
  const info = findResponseCode(code);
  if (!info) return { label: `${code}`, tone: 'bad', meaning: `${code} is not listed: a caller with gf_mqtt_client stops receiving for good at it.` };
  const dotted = `${Math.floor(code / 100)}.${String(code % 100).padStart(2, '0')}`;
  const kind = responseClass(code);
  const tone = kind === 'success' ? 'ok' : kind === 'client-error' ? 'warn' : 'bad';
  const what = kind === 'success' ? 'success' : kind === 'client-error' ? 'client error' : 'server error';
  return { label: `${code} ${info.title}`, tone, meaning: `${info.name}, ${dotted} in RFC 7252: ${what}` };
}

/** The time-out of a caller, which gf_mqtt_client reports as a code although no message says so. */
export const isLocalTimeout = ({ state, own }: Pick<CallRow, 'state' | 'own'>): boolean => own && (state === 'timed-out' || state === 'late');

/** The first response on the topic that was asked for, else the first one; `null`: there is none that can be read. */
export function responseOf({ answers, replyTo }: Pick<CallDetail, 'answers' | 'replyTo'>): GfResponseMessage | null {
  const answer = answers.find(({ topic }) => topic === replyTo) ?? answers[0];
  const read = answer && readGfMessage(answer.payload);
  return read?.kind === 'response' ? read : null;
}

/** What a caller with gf_mqtt_client catches; `null`: nothing, or it is not over. */
export function exceptionOfCall(call: CallDetail): GfException | null {
  const { callerId, timeoutMs, method, topic } = call;
  const caller = callerId === '' ? null : callerId;
  const target = addressOf(topic)?.target ?? topic;
  if (isLocalTimeout(call)) return localTimeout({ path: splitMethod(method).path, caller, target, elapsedMs: timeoutMs ?? 0 });
  if (call.state === 'pending' || call.state === 'cancelled') return null;
  const response = responseOf(call);
  if (!response) return null;
  const found = exceptionOf(response, parseGfTopic(call.answers[0]?.topic ?? ''), caller);
  if (!found) return null;
  return { ...found, target: found.target ?? target };
}
