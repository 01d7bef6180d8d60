import { fromHex, toHex } from '../../../../shared/coap/udp/hex.ts';
import { encodeUint, parseOptionValue } from '../../../../shared/coap/udp/option-value.ts';
import { findOption } from '../../../../shared/coap/udp/options.ts';
import { shellWord } from '../../common/index.ts';
import { emptyDraft, type RequestDraft } from './request-draft.ts';

type Word = readonly [name: string, value: string | null];

/** `mqtt-workbench coap …`, for a POSIX shell. Variables stay as they are written. */
export function workbenchLine(draft: RequestDraft): string {
  const { uri, method, type, contentFormat, options, token, blockSize, timeoutS, ackTimeoutS, maxRetransmit } = draft;
  const { feed, payload } = payloadWords(draft);
  const words: readonly Word[] = [
    ...(method === 'GET' ? [] : [['--method', method] as const]),
    ...(contentFormat === null ? [] : [['--content-format', String(contentFormat)] as const]),
    ...options.flatMap(({ number, text }): Word[] => (number === null ? [] : [['--option', `${findOption(number)?.name ?? number}=${text}`]])),
    ...(token.trim() === '' ? [] : [['--token', plainHex(token)] as const]),
    ...(type === 'CON' ? [] : [['--non', null] as const]),
    ...(blockSize === emptyDraft.blockSize ? [] : [['--block', String(blockSize)] as const]),
    ...(timeoutS === null || timeoutS === emptyDraft.timeoutS ? [] : [['--timeout', String(timeoutS)] as const]),
    ...(ackTimeoutS === null || ackTimeoutS === emptyDraft.ackTimeoutS ? [] : [['--ack-timeout', String(ackTimeoutS)] as const]),
    ...(maxRetransmit === null || maxRetransmit === emptyDraft.maxRetransmit ? [] : [['--max-retransmit', String(maxRetransmit)] as const]),
    ...(payload === null ? [] : [['--payload', payload] as const]),
  ];
  const written = words.map(([name, value]) =>
    value === null ? name : value.startsWith('-') && value !== '-' ? `${name}=${shellWord(value)}` : `${name} ${shellWord(value)}`,
  );
  return `${feed}${['mqtt-workbench coap', shellWord(uri.trim()), ...written].join(' ')}`;
}

/** The same for `coap-client` of libcoap. It has no words for the parameters of retransmission, and counts its tokens up itself. */
export function coapClientLine(draft: RequestDraft): string {
  const { uri, method, type, contentFormat, options, blockSize, timeoutS } = draft;
  const { feed, payload } = payloadWords(draft);
  const words = [
    'coap-client',
    `-m ${method.toLowerCase()}`,
    ...(type === 'CON' ? [] : ['-N']),
    ...(contentFormat === null ? [] : [`-t ${contentFormat}`]),
    ...options.flatMap(({ number, text }) => (number === null ? [] : [`-O ${shellWord(`${number},${optionText(number, text)}`)}`])),
    ...(blockSize === emptyDraft.blockSize ? [] : [`-b ${blockSize}`]),
    ...(timeoutS === null || timeoutS === emptyDraft.timeoutS ? [] : [`-B ${Math.max(1, Math.ceil(timeoutS))}`]),
    ...(payload === null
      ? []
      : [payload === '-' ? '-f -' : payload.startsWith('@') ? `-f ${shellWord(payload.slice(1))}` : `-e ${shellWord(percentEncoded(payload))}`]),
    shellWord(uri.trim()),
  ];
  return `${feed}${words.join(' ')}`;
}

/** As `--payload` takes it: text, `@file`, or `-` with what is to be fed into the standard input. */
function payloadWords({ payload, payloadAs, file }: RequestDraft): { readonly feed: string; readonly payload: string | null } {
  if (payloadAs === 'file') return { feed: '', payload: file ? `@${file.name}` : null };
  if (payload === '') return { feed: '', payload: null };
  if (payloadAs === 'text' && payload !== '-' && !payload.startsWith('@')) return { feed: '', payload };
  if (payloadAs === 'text') return { feed: `printf %s ${shellWord(payload)} | `, payload: '-' };
  return { feed: `printf %s ${shellWord(plainHex(payload))} | xxd -r -p | `, payload: '-' };
}

/** Opaque values as `0x…`, numbers as the bytes they are, texts as they are: `coap-client` knows no option by its kind. */
function optionText(number: number, text: string): string {
  const parsed = parseOptionValue(number, text);
  if ('problem' in parsed) return text;
  const { format } = findOption(number) ?? { format: 'opaque' };
  if (format === 'string') return text;
  const { value } = parsed.option;
  return value.length === 0 ? '' : `0x${toHex(format === 'uint' ? encodeUint(Number(text)) : value)}`;
}

/** `coap-client -e` decodes percent signs. */
const percentEncoded = (text: string): string => text.replaceAll('%', '%25');

const plainHex = (text: string): string => {
  const bytes = fromHex(text);
  return bytes ? toHex(bytes) : text.replaceAll(/\s/g, '');
};
