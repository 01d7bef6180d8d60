import type { SavedRequest } from '../../../../shared/contract/collections.ts';
import { toHex } from '../../../../shared/coap/udp/hex.ts';
import { findOption, findOptionByName } from '../../../../shared/coap/udp/options.ts';
import { newId } from '../../common/index.ts';
import { emptyDraft, readDraft, type DraftProblems, type RequestDraft } from './request-draft.ts';

type SavedCoap = Extract<SavedRequest, { kind: 'coap' }>;
/** What a request over UDP says, without its name and what is expected of it. */
export type SavedCoapFields = Pick<
  SavedCoap,
  'uri' | 'method' | 'type' | 'contentFormat' | 'options' | 'payload' | 'payloadAs' | 'token' | 'blockSize' | 'timeoutMs' | 'transmission'
>;

/** A file as payload is taken into the request: requests are to be read and compared as text. */
const maxFileBytes = 256 * 1024;
const maxCharacters = 1_048_576;

/** RFC 7252 §4.8. */
const usual = { ackTimeoutMs: 2000, ackRandomFactor: 1.5, maxRetransmit: 4 };

/** Parameters of transmission, where they are not the usual ones. */
export function unusual(given: SavedCoap['transmission']): Pick<SavedCoapFields, 'transmission'> {
  if (!given) return {};
  const { ackTimeoutMs, ackRandomFactor, maxRetransmit } = given;
  const isUsual = ackTimeoutMs === usual.ackTimeoutMs && ackRandomFactor === usual.ackRandomFactor && maxRetransmit === usual.maxRetransmit;
  return isUsual ? {} : { transmission: { ackTimeoutMs, ackRandomFactor, maxRetransmit } };
}

export function draftOfSaved(saved: SavedCoapFields): RequestDraft {
  const { ackTimeoutMs, ackRandomFactor, maxRetransmit } = saved.transmission ?? usual;
  return {
    ...emptyDraft,
    uri: saved.uri,
    method: saved.method,
    type: saved.type,
    payload: saved.payload,
    payloadAs: saved.payloadAs,
    contentFormat: saved.contentFormat ?? null,
    options: saved.options.map(([name, text]) => ({ key: newId(), number: typeof name === 'number' ? name : (findOptionByName(name)?.number ?? null), text })),
    blockSize: saved.blockSize,
    timeoutS: saved.timeoutMs / 1000,
    ackTimeoutS: ackTimeoutMs / 1000,
    randomFactor: ackRandomFactor,
    maxRetransmit,
    token: saved.token ?? '',
  };
}

/** The file that was chosen as the payload itself. */
export function takeFile(draft: RequestDraft): { readonly draft: RequestDraft } | { readonly problem: string } {
  const { payload } = savingProblems(draft);
  if (payload !== undefined || !draft.file) return { problem: payload ?? 'There is no file.' };
  return { draft: { ...draft, ...bytesText(draft.file.bytes), file: null } };
}

/** What keeps a draft from being saved, beside what keeps it from being sent. */
export function savingProblems(draft: RequestDraft): DraftProblems {
  const { problems } = readDraft(draft);
  if (problems.payload !== undefined) return problems;
  if (draft.payloadAs === 'file' && (draft.file?.bytes.length ?? 0) > maxFileBytes)
    return { ...problems, payload: 'A file of more than 256 KiB is not kept in a request. Send it by hand, or from the command line.' };
  if (draft.payload.length > maxCharacters) return { ...problems, payload: 'A saved request has a payload of at most 1,048,576 characters.' };
  return problems;
}

/** `undefined`: there is a problem. */
export function savedOfDraft(draft: RequestDraft): SavedCoapFields | undefined {
  const { options: wrong, ...others } = savingProblems(draft);
  const { input } = readDraft(draft);
  if (!input || Object.keys(others).length > 0 || Object.keys(wrong).length > 0) return undefined;
  return {
    uri: draft.uri.trim(),
    method: draft.method,
    type: draft.type,
    ...(draft.contentFormat === null ? {} : { contentFormat: draft.contentFormat }),
    options: draft.options.flatMap(({ number, text }): [string | number, string][] => (number === null ? [] : [[findOption(number)?.name ?? number, text]])),
    ...payloadText(draft),
    ...(draft.token.trim() === '' ? {} : { token: draft.token.replaceAll(/[\s:]|^0x/gi, '') }),
    blockSize: draft.blockSize,
    timeoutMs: Math.round((draft.timeoutS ?? 30) * 1000),
    ...unusual(input.transmission),
  };
}

function payloadText({ payload, payloadAs, file }: RequestDraft): Pick<SavedCoap, 'payload' | 'payloadAs'> {
  return payloadAs === 'file' ? bytesText(file?.bytes ?? new Uint8Array(0)) : { payload, payloadAs };
}

/** As text where it is one that says the same again. */
export function bytesText(bytes: Uint8Array): Pick<SavedCoap, 'payload' | 'payloadAs'> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // Braces would be filled in.
    if (!text.includes('{{')) return { payload: text, payloadAs: 'text' };
  } catch {
    // Not text.
  }
  return { payload: toHex(bytes), payloadAs: 'hex' };
}
