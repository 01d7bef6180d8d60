import type { EngineContract } from '../../../../shared/contract/index.ts';
import { contentFormats } from '../../../../shared/coap/udp/content-formats.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { fromHex } from '../../../../shared/coap/udp/hex.ts';
import { parseOptionValue } from '../../../../shared/coap/udp/option-value.ts';
import type { CoapMethod } from '../../../../shared/coap/udp/packet.ts';
import { parseCoapUri } from '../../../../shared/coap/udp/uri.ts';
import type { InputOf } from '../../../../shared/ipc/contract.ts';

export type RequestInput = InputOf<EngineContract['coapUdp.request']>;
export type BlockSize = NonNullable<RequestInput['blockSize']>;

/** A file that was chosen, in the page's memory. */
export interface FilePayload {
  readonly name: string;
  /** At most one more than may be sent. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

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
  readonly payloadAs: 'text' | 'hex' | 'file';
  readonly file: FilePayload | null;
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
  file: null,
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

/** What is sent for the draft, or what is wrong with it. What has `{{variables}}` in it is looked at once the engine has filled it in. */
export function readDraft(draft: RequestDraft): Read {
  const rows = optionsOf(draft);
  const payload = payloadOf(draft);
  const token = fromHex(draft.token);
  const uri = hasBraces(draft.uri) ? undefined : uriProblemOf(draft.uri);
  const wrongToken = token === null || token.length > 8 ? 'Up to 8 bytes in hexadecimal digits.' : undefined;
  const timing = timingProblem(draft);
  const problems: DraftProblems = {
    options: rows.problems,
    ...(uri === undefined ? {} : { uri }),
    ...('problem' in payload ? { payload: payload.problem } : {}),
    ...(wrongToken === undefined ? {} : { token: wrongToken }),
    ...(timing === undefined ? {} : { timing }),
  };
  if (Object.keys(problems).length > 1 || Object.keys(rows.problems).length > 0 || 'problem' in payload || token === null) return { input: null, problems };
  const { timeoutS, ackTimeoutS, randomFactor, maxRetransmit } = draft;
  const template = templateOf(draft);
  const format = draft.contentFormat === null ? [] : [{ number: 12, text: String(draft.contentFormat) }];
  return {
    input: {
      uri: draft.uri.trim(),
      method: draft.method,
      type: draft.type,
      options: [...format, ...rows.options],
      payload: template?.payload ? new Uint8Array(0) : payload.bytes,
      ...(token.length === 0 ? {} : { token }),
      blockSize: draft.blockSize,
      timeoutMs: Math.round((timeoutS ?? 30) * 1000),
      transmission: { ackTimeoutMs: Math.round((ackTimeoutS ?? 2) * 1000), ackRandomFactor: randomFactor ?? 1.5, maxRetransmit: maxRetransmit ?? 4 },
      ...(template ? { variables: template } : {}),
    },
    problems,
  };
}

const hasBraces = (text: string): boolean => text.includes('{{');

/** Everything that may hold variables. */
export const textsOf = ({ uri, options, payload, payloadAs }: RequestDraft): readonly string[] => [
  uri,
  ...options.map(({ text }) => text),
  ...(payloadAs === 'file' ? [] : [payload]),
];

function templateOf(draft: RequestDraft): RequestInput['variables'] {
  if (!textsOf(draft).some(hasBraces)) return undefined;
  const { payload, payloadAs } = draft;
  return payloadAs !== 'file' && hasBraces(payload) ? { payload: { text: payload, as: payloadAs } } : {};
}

function optionsOf({ options: rows }: RequestDraft): {
  readonly options: { number: number; text: string }[];
  readonly problems: Readonly<Record<string, string>>;
} {
  const options: { number: number; text: string }[] = [];
  const problems: Record<string, string> = {};
  for (const { key, number, text } of rows) {
    const parsed = number === null ? { problem: 'Choose an option, or remove the line.' } : hasBraces(text) ? null : parseOptionValue(number, text);
    if (parsed && 'problem' in parsed) problems[key] = parsed.problem;
    else if (number !== null) options.push({ number, text });
  }
  return { options, problems };
}

const tooLarge = 'The payload is too large: 4 MiB at most.';

function payloadOf({ payload, payloadAs, file }: RequestDraft): { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly problem: string } {
  if (payloadAs === 'file' && !file) return { problem: 'Choose the file that is to be sent.' };
  const bytes = payloadAs === 'file' ? (file?.bytes ?? null) : payloadAs === 'text' ? new TextEncoder().encode(payload) : fromHex(payload);
  if (bytes === null) return hasBraces(payload) ? { bytes: new Uint8Array(0) } : { problem: 'Write hexadecimal digits, two for each byte.' };
  return bytes.length > coapUdpLimits.bodyBytes ? { problem: tooLarge } : { bytes };
}

/** Bytes of the payload as it is written; with variables, before they are filled in. */
export function payloadSize(draft: RequestDraft): number {
  const read = payloadOf(draft);
  return 'bytes' in read ? read.bytes.length : 0;
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
