import { fillCall } from '../../../../shared/collections/fill-request.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { checkJsonTemplate, hasBraces, paramsProblem, readParams, type Variables } from '../../rpc/index.ts';

/** How a body is written. What goes out is JSON in any case. */
export type BodyForm = 'json' | 'text' | 'number' | 'array';

export const bodyForms: readonly { readonly value: BodyForm; readonly label: string }[] = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'array', label: 'Array' },
];

export interface Body {
  readonly bodyAs: BodyForm;
  readonly body: string;
}

/** The JSON text that a body stands for; `{{variables}}` stay in it. Nothing at all stands for `null`, as text for the empty text. */
export function bodyJson({ bodyAs, body }: Body): string {
  switch (bodyAs) {
    case 'text':
      // A placeholder alone would become a value of its own type: with an empty text before it, it is text.
      return JSON.stringify(hasBraces(body) ? `{{""}}${body}` : body);
    case 'array':
      return arrayJson(body.trim());
    default:
      return body.trim() === '' ? '' : body;
  }
}

/** With brackets as it is; without, items stand on lines of their own or between commas. */
function arrayJson(text: string): string {
  if (text === '' || (text.startsWith('[') && text.endsWith(']'))) return text === '' ? '[]' : text;
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().replace(/,$/, '')]));
  return `[${lines.join(', ')}]`;
}

const numberPattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

type Read = { readonly value: JsonValue } | { readonly problem: string };

/** Bodies may be large, and each part of the page asks for the same one. */
let last: { readonly form: BodyForm; readonly text: string; readonly variables: Variables | null | undefined; readonly read: Read } | undefined;

/**
 * What a body stands for with the values of variables, or what is wrong with it, in a sentence. Without `variables` braces are what they are; `null`: they
 * are not known yet, and a body with some is `null`.
 */
export function readBody({ bodyAs, body }: Body, variables?: Variables | null): Read {
  if (last?.form !== bodyAs || last.text !== body || last.variables !== variables) {
    last = { form: bodyAs, text: body, variables, read: readAnew({ bodyAs, body }, variables) };
  }
  return last.read;
}

function readAnew(written: Body, variables: Variables | null | undefined): Read {
  const { bodyAs, body } = written;
  const isTemplate = variables !== undefined && hasBraces(body);
  if (bodyAs === 'number' && !isTemplate && !numberPattern.test(body.trim())) return { problem: 'Write a number, such as 21.5.' };
  const json = bodyJson(written);
  const read = isTemplate ? fillBody(json, variables) : readParams(json);
  if ('problem' in read || (isTemplate && variables === null)) return read;
  if (bodyAs === 'number' && typeof read.value !== 'number') return { problem: 'With the values of its variables this is no number.' };
  if (bodyAs === 'array' && !Array.isArray(read.value)) return { problem: 'Write the items, such as 1, 2, "text", one on each line if you like.' };
  return read;
}

function fillBody(json: string, variables: Variables | null): Read {
  const wrong = checkJsonTemplate(json) ?? (variables && paramsProblem(json, variables));
  if (wrong !== null && wrong !== undefined) return { problem: wrong };
  if (variables === null) return { value: null };
  const filled = fillCall({ topic: '', method: '', params: json }, variables.source);
  return 'problem' in filled ? { problem: filled.problem.message } : { value: filled.params };
}

/** The same body in another form, as far as it has one; what cannot be turned over stays as it was written. */
export function turnBody(written: Body, bodyAs: BodyForm): Body {
  const { body } = written;
  if (written.bodyAs === bodyAs) return written;
  if (bodyAs !== 'text' && written.bodyAs === 'text' && hasBraces(body)) return { bodyAs, body };
  const read = hasBraces(body) ? null : readBody(written);
  if (read === null || 'problem' in read) return { bodyAs, body: written.bodyAs === 'array' && bodyAs === 'json' ? bodyJson(written) : body };
  const { value } = read;
  if (value === null || body.trim() === '') return { bodyAs, body: '' };
  switch (bodyAs) {
    case 'text':
      return { bodyAs, body: typeof value === 'string' ? value : body };
    case 'number':
      return { bodyAs, body: typeof value === 'string' ? value : body };
    case 'array':
      return { bodyAs, body: Array.isArray(value) ? body : JSON.stringify([value]) };
    case 'json':
      // A text that is JSON already was written in the wrong form.
      return { bodyAs, body: typeof value === 'string' && !('problem' in readParams(value)) ? value : JSON.stringify(value, null, 2) };
  }
}

/** What goes out as the body, in words. */
export function bodyWords(value: JsonValue): string {
  if (value === null) return 'Sends null: no body';
  if (typeof value === 'string') return value === '' ? 'Sends the empty text ""' : `Sends a text of ${count(value.length, 'character')}`;
  if (typeof value === 'number') return `Sends the number ${JSON.stringify(value)}`;
  if (typeof value === 'boolean') return `Sends ${value}`;
  return Array.isArray(value) ? `Sends an array of ${count(value.length, 'item')}` : `Sends an object with ${count(Object.keys(value).length, 'member')}`;
}

const count = (many: number, what: string): string => `${many.toLocaleString('en-US')} ${what}${many === 1 ? '' : 's'}`;
