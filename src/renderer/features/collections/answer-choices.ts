import { codeTitle, formatCode } from '../../../shared/coap/udp/packet.ts';
import type { CoapHistoryEntry } from '../../../shared/contract/coap-history.ts';
import type { CallDetail } from '../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { readParams } from '../rpc/index.ts';
import { schemaOfAnswer } from './answer-schema.ts';
import { valueText, type AssertionDraft } from './assertion-draft.ts';
import { valuePaths, valueWords } from './value-paths.ts';

interface Choice {
  readonly label: string;
  readonly detail: string;
  readonly draft: AssertionDraft;
}

/** Menus scroll, but not for ever. */
const maxValues = 60;

/** What an answer can be held to from now on. */
export function answerChoices(call: CallDetail): readonly (Choice | { readonly label: string; readonly choices: readonly Choice[] })[] {
  const { state, error, result, elapsedMs } = call;
  if (state === 'timed-out' || state === 'late') return [{ label: 'Status', detail: 'is timed out', draft: { kind: 'status', is: 'timed-out', error: null } }];
  if (error) {
    const body = error as unknown as JsonValue;
    return [
      { label: 'Status', detail: `is ${error.name}`, draft: { kind: 'status', is: 'failed', error: error.name } },
      { label: 'Value of the error', choices: valueChoices(body).filter(({ label }) => label !== '$') },
    ];
  }
  if (state !== 'ok') return [];
  const body = result ?? null;
  return [
    { label: 'Status', detail: 'is OK', draft: { kind: 'status', is: 'ok', error: null } },
    { label: 'Value', choices: valueChoices(body) },
    { label: 'Schema', detail: 'of this shape', draft: { kind: 'schema', path: '', schema: JSON.stringify(schemaOfAnswer(body), null, 2) } },
    ...(elapsedMs === null ? [] : [timeChoice(elapsedMs)]),
  ];
}

/** The same of a response over CoAP. */
export function responseChoices({ response, failure }: CoapHistoryEntry): ReturnType<typeof answerChoices> {
  if (!response) {
    const timedOut = failure?.kind === 'no-acknowledgement' || failure?.kind === 'no-response';
    return [
      { label: 'Status', detail: timedOut ? 'is timed out' : 'is an error', draft: { kind: 'status', is: timedOut ? 'timed-out' : 'failed', error: null } },
    ];
  }
  const code = formatCode(response.code);
  const read = response.payload.length === 0 ? null : readParams(new TextDecoder().decode(response.payload));
  const body = read && 'value' in read ? read.value : null;
  return [
    { label: 'Code', detail: `is ${code} ${codeTitle(response.code) ?? ''}`.trim(), draft: { kind: 'code', is: code } },
    ...(body === null
      ? []
      : [
          { label: 'Value', choices: valueChoices(body) },
          { label: 'Schema', detail: 'of this shape', draft: { kind: 'schema', path: '', schema: JSON.stringify(schemaOfAnswer(body), null, 2) } } as const,
        ]),
    timeChoice(response.elapsedMs),
  ];
}

const valueChoices = (body: JsonValue): readonly Choice[] =>
  valuePaths(body)
    .slice(0, maxValues)
    .map(({ path, value }) => ({ label: path, detail: valueWords(value, 40), draft: { kind: 'path', path, operator: 'equals', value: valueText(value) } }));

/** With room to breathe: the next power of ten, or a half of it. */
function timeChoice(elapsedMs: number): Choice {
  let limit = 10;
  while (limit < elapsedMs * 4) limit *= String(limit).startsWith('1') ? 5 : 2;
  return { label: 'Time', detail: `less than ${limit} ms`, draft: { kind: 'time', belowMs: limit } };
}
