import type { CoapHistoryEntry } from '../../../../shared/contract/coap-history.ts';
import { formatOptionValue, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { findOption } from '../../../../shared/coap/udp/options.ts';
import type { RequestDraft } from './request-draft.ts';
import { bytesText, draftOfSaved, unusual, type SavedCoapFields } from './saved-request.ts';

const contentFormatOption = 12;

/** A request of the history as it can be saved. Its token is for that one exchange. */
export function savedOfEntry({ row, request }: CoapHistoryEntry): SavedCoapFields {
  const { type, blockSize, timeoutMs, transmission, options, payload } = request;
  const format = uintOption({ options }, contentFormatOption);
  return {
    uri: row.uri,
    method: row.method,
    type,
    ...(format === undefined ? {} : { contentFormat: format }),
    options: options
      .filter(({ number }) => number !== contentFormatOption)
      .map((option): [string | number, string] => [findOption(option.number)?.name ?? option.number, formatOptionValue(option)]),
    ...bytesText(payload),
    blockSize,
    timeoutMs,
    ...unusual(transmission),
  };
}

export const draftOfEntry = (entry: CoapHistoryEntry): RequestDraft => draftOfSaved(savedOfEntry(entry));
