import type { EngineContract } from '../../../../shared/contract/index.ts';
import { contentFormats } from '../../../../shared/coap/udp/content-formats.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { fromHex } from '../../../../shared/coap/udp/hex.ts';
import { encodeUint, parseOptionValue } from '../../../../shared/coap/udp/option-value.ts';
import type { CoapMethod, CoapOption } from '../../../../shared/coap/udp/packet.ts';
import { parseCoapUri } from '../../../../shared/coap/udp/uri.ts';
import type { InputOf } from '../../../../shared/ipc/contract.ts';

export type RequestInput = InputOf<EngineContract['coapUdp.request']>;
export type BlockSize = NonNullable<RequestInput['blockSize']>;

export interface OptionRow {
  readonly key: string;
  /** As typed. */
  readonly number: number | null;
  readonly text: string;
}

/** A request as it stands in the builder. */
export interface RequestDraft {
  readonly uri: string;
  readonly method: CoapMethod;
  readonly type: 'CON' | 'NON';
  readonly payload: string;
  readonly payloadAs: 'text' | 'hex';
  /** `null`: no Content-Format option. */
  readonly contentFormat: number | null;
  readonly options: readonly OptionRow[];
  readonly blockSize: BlockSize;
  readonly timeoutS: number | null;
  readonly ackTimeoutS: number | null;
  readonly randomFactor: number | null;
  readonly maxRetransmit: number | null;
  /** Hexadecimal; empty: a new one for each request. */
  readonly token: string;
}

export const emptyDraft: RequestDraft = {
  uri: '',
  method: 'GET',
  type: 'CON',
  payload: '',
  payloadAs: 'text',
  contentFormat: null,
  options: [],
  blockSize: 1024,
  timeoutS: 30,
  ackTimeoutS: 2,
  randomFactor: 1.5,
  maxRetransmit: 4,
  token: '',
};

export interface DraftProblems {
  readonly uri?: string;
  readonly payload?: string;
  readonly token?: string;
  readonly timing?: string;
  /** By key of the row. */
  readonly options: Readonly<Record<string, string>>;
}

type Read = { readonly input: RequestInput; readonly problems: DraftProblems } | { readonly input: null; readonly problems: DraftProblems };

/** What is sent for the draft, or what is wrong with it. */
export function readDraft(draft: RequestDraft): Read {
  const options: CoapOption[] = [];
  const wrongOptions: Record<string, string> = {};
  if (draft.contentFormat !== null) options.push({ number: 12, value: encodeUint(draft.contentFormat) });
  for (const { key, number, text } of draft.options) {
    if (number === null) {
      wrongOptions[key] = 'Choose an option, or remove the line.';
      continue;
    }
    const parsed = parseOptionValue(number, text);
    if ('option' in parsed) options.push(parsed.option);
    else wrongOptions[key] = parsed.problem;
  }
  const payload = draft.payloadAs === 'text' ? new TextEncoder().encode(draft.payload) : fromHex(draft.payload);
  const token = fromHex(draft.token);
  const uriProblem = uriProblemOf(draft.uri);
  const payloadProblem =
    payload === null
      ? 'Write hexadecimal digits, two for each byte.'
      : payload.length > coapUdpLimits.bodyBytes
        ? 'The payload is too large: 4 MiB at most.'
        : undefined;
  const tokenProblem = token === null || token.length > 8 ? 'Up to 8 bytes in hexadecimal digits.' : undefined;
  const timing = timingProblem(draft);
  const problems: DraftProblems = {
    options: wrongOptions,
    ...(uriProblem === undefined ? {} : { uri: uriProblem }),
    ...(payloadProblem === undefined ? {} : { payload: payloadProblem }),
    ...(tokenProblem === undefined ? {} : { token: tokenProblem }),
    ...(timing === undefined ? {} : { timing }),
  };
  const fine = [uriProblem, payloadProblem, tokenProblem, timing].every((problem) => problem === undefined) && Object.keys(wrongOptions).length === 0;
  if (!fine || payload === null || token === null) return { input: null, problems };
  const { timeoutS, ackTimeoutS, randomFactor, maxRetransmit } = draft;
  return {
    input: {
      uri: draft.uri.trim(),
      method: draft.method,
      type: draft.type,
      options: options.map(({ number, value }) => ({ number, value: Uint8Array.from(value) })),
      payload,
      ...(token.length === 0 ? {} : { token }),
      blockSize: draft.blockSize,
      timeoutMs: Math.round((timeoutS ?? 30) * 1000),
      transmission: { ackTimeoutMs: Math.round((ackTimeoutS ?? 2) * 1000), ackRandomFactor: randomFactor ?? 1.5, maxRetransmit: maxRetransmit ?? 4 },
    },
    problems,
  };
}

function uriProblemOf(uri: string): string | undefined {
  if (uri.trim() === '') return 'Give an address, such as coap://127.0.0.1/.well-known/core.';
  const parsed = parseCoapUri(uri);
  return 'problem' in parsed ? `${parsed.problem} ${parsed.advice}` : undefined;
}

function timingProblem({ timeoutS, ackTimeoutS, randomFactor, maxRetransmit }: RequestDraft): string | undefined {
  const within = (value: number | null, least: number, most: number): boolean => value === null || (value >= least && value <= most);
  if (!within(timeoutS, 0.001, 86_400)) return 'The time-out is 0.001 to 86,400 seconds.';
  if (!within(ackTimeoutS, 0.01, 60)) return 'The first acknowledgement is awaited for 0.01 to 60 seconds.';
  if (!within(randomFactor, 1, 3)) return 'The random factor is 1 to 3.';
  if (!within(maxRetransmit, 0, 10) || !Number.isInteger(maxRetransmit ?? 0)) return 'Retransmissions are 0 to 10.';
  return undefined;
}

/** Media types to choose from, without their parameters where that is enough. */
export const formatChoices = contentFormats.map(({ id, name }) => ({ value: String(id), label: name.replace('; charset=utf-8', ''), detail: String(id) }));
