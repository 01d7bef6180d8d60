import { codeTitle, formatCode } from '../../../../shared/coap/udp/packet.ts';
import { contentFormatName, contentKind } from '../../../../shared/coap/udp/content-formats.ts';
import { formatOptionValue, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { findOption, isCritical } from '../../../../shared/coap/udp/options.ts';
import type { CoapOption } from '../../../../shared/coap/udp/packet.ts';
import type { CoapUdpFailure, CoapUdpProgress, CoapUdpResponse } from '../../../../shared/contract/coap-udp.ts';
import type { Tone } from '../../../ui/badge.tsx';
import type { KeyValue } from '../../../ui/key-value-table.tsx';
import { formatBytes } from '../../common/index.ts';
import { detectFormat, type PayloadFormat } from '../../messages/index.ts';

export const codeWords = (code: number): string => `${formatCode(code)} ${codeTitle(code) ?? ''}`.trim();

export function codeTone(code: number): Tone {
  const kind = code >> 5;
  return kind === 2 ? 'ok' : kind === 4 ? 'warn' : kind === 5 ? 'bad' : 'neutral';
}

const failures: Readonly<Record<CoapUdpFailure['kind'], string>> = {
  'no-acknowledgement': 'No ACK',
  'no-response': 'No response',
  reset: 'Reset',
  unreachable: 'Not reached',
  'bad-response': 'Bad response',
  'too-large': 'Too large',
  cancelled: 'Cancelled',
};
export const failureWords = (kind: CoapUdpFailure['kind'] | null): string => (kind === null ? 'Failed' : failures[kind]);

/** A payload in a line: its text, or how large it is. */
export function valueWords(payload: Uint8Array): string {
  if (payload.length === 0) return 'no payload';
  const head = payload.subarray(0, 200);
  try {
    // What is cut may end within a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: head.length < payload.length }).replaceAll(/\s+/g, ' ');
  } catch {
    return formatBytes(payload.length);
  }
}

/** A name for a file with the payload of a response. */
export function responseFileName(label: string, response: Pick<CoapUdpResponse, 'options' | 'payload' | 'at'>): string {
  const path = label.replace(/^\w+ coap:\/\/[^/]*/, '').replace(/\?.*$/, '');
  const name = path
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(-80);
  const time = new Date(response.at).toISOString().slice(0, 19).replaceAll(':', '-');
  const format = payloadFormat(response);
  return `${name === '' ? 'response' : name}_${time}.${format === 'json' ? 'json' : format === 'text' ? 'txt' : 'bin'}`;
}

function optionName(number: number): string {
  return findOption(number)?.name ?? `Option ${number}`;
}

/** Options as a table: names, values for people, and what a number stands for. */
export function optionRows(options: readonly CoapOption[]): readonly KeyValue[] {
  return options.map((option) => {
    const value = formatOptionValue(option);
    const isFormat = option.number === 12 || option.number === 17;
    const meaning = isFormat ? contentFormatName(Number(value)) : undefined;
    const note = [meaning, isCritical(option.number) ? 'critical' : undefined].filter(Boolean).join(', ');
    return { key: optionName(option.number), value: `${value === '' ? 'empty' : value}${note === '' ? '' : ` (${note})`}`, mono: true };
  });
}

/** What the Content-Format says, else what the bytes look like. CBOR is shown as bytes. */
export function payloadFormat({ options, payload }: Pick<CoapUdpResponse, 'options' | 'payload'>): PayloadFormat {
  const detected = detectFormat(payload, true);
  switch (contentKind(uintOption({ options }, 12))) {
    case 'json':
      return detected === 'json' ? 'json' : detected;
    case 'text':
    case 'link-format':
      return detected === 'hex' ? 'hex' : 'text';
    case 'cbor':
    case 'binary':
      return 'hex';
    case 'unknown':
      return detected;
  }
}

/** Where a request has come to. */
export function phaseWords({ phase, retransmission, upload, download }: CoapUdpProgress): string {
  if (retransmission) return `Retransmission ${retransmission.number} of ${retransmission.of}, waiting for the acknowledgement`;
  if (download) return 'Fetching blocks of the response';
  if (upload && phase !== 'acknowledged') return 'Sending blocks';
  switch (phase) {
    case 'looking-up':
      return 'Looking up the host';
    case 'sent':
      return 'Sent, waiting for the response';
    case 'acknowledged':
      return 'Acknowledged, waiting for the response';
    case 'responded':
      return 'Done';
    case 'failed':
      return 'Failed';
  }
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
/** Unix ms → 13:05:59.123 */
export const clockTime = (ms: number): string => clock.format(ms);
