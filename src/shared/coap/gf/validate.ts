import { exactDigits } from '../../rpc/exact-number.ts';
import { isJsonObject } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import { gfMethods } from './message.ts';
import { shorten } from '../../text/shorten.ts';

interface GfProblem {
  /** `header.request_id`. */
  readonly at: string;
  readonly message: string;
}

type JsonObject = { readonly [key: string]: JsonValue };
export type GfVerdict = { readonly kind: 'request' | 'response' | 'general'; readonly normalized: JsonObject } | { readonly problems: readonly GfProblem[] };

/**
 * What the validator of gf_mqtt_client 0.2 makes of a message: accepted, and in which form it hands it on, or refused. Its message loops do not use
 * it for what they receive. Integers are taken where they are written as texts or with a fraction of zero, and booleans count as 0 and 1.
 */
export function validateGf(message: JsonValue): GfVerdict {
  if (!isJsonObject(message)) return refuse('', 'The message is not a JSON object.');
  const { header } = message;
  // Python asks a text and a list for what they contain as well.
  const holds = (field: string): boolean =>
    isJsonObject(header) ? Object.hasOwn(header, field) : Array.isArray(header) || typeof header === 'string' ? header.includes(field) : false;
  if (header !== undefined && !isJsonObject(header) && !Array.isArray(header) && typeof header !== 'string') {
    return refuse('header', 'The header is not a JSON object.');
  }
  const kind = holds('method') ? 'request' : holds('response_code') ? 'response' : 'general';

  const problems: GfProblem[] = [];
  const normalized: Record<string, JsonValue> = {};
  const take = (to: Record<string, JsonValue>, at: string, key: string, taken: Taken): void => {
    if ('problem' in taken) problems.push({ at, message: taken.problem });
    else to[key] = taken.value;
  };
  take(normalized, 'timestamp', 'timestamp', takeTimestamp(own(message, 'timestamp')));
  take(normalized, 'body', 'body', takeBody(own(message, 'body')));
  if (kind !== 'general') {
    if (!isJsonObject(header)) problems.push({ at: 'header', message: 'The header is not a JSON object.' });
    else {
      const kept: Record<string, JsonValue> = {};
      const of = (key: string, read: (value: JsonValue | undefined) => Taken): void => take(kept, `header.${key}`, key, read(own(header, key)));
      of('request_id', takeRequestId);
      of('path', takeText);
      for (const key of ['correlation_id', 'source', 'token']) of(key, takeOptionalText);
      if (kind === 'request') of('method', takeMethod);
      else of('response_code', takeCode);
      normalized['header'] = kept;
    }
  }
  return problems.length > 0 ? { problems } : { kind, normalized };
}

type Taken = { readonly value: JsonValue } | { readonly problem: string };

const refuse = (at: string, message: string): GfVerdict => ({ problems: [{ at, message }] });
const own = (object: JsonObject, key: string): JsonValue | undefined => (Object.hasOwn(object, key) ? object[key] : undefined);

function takeTimestamp(value: JsonValue | undefined): Taken {
  if (value === undefined) return { problem: 'The timestamp is missing.' };
  if (typeof value === 'string') return { value: /^\d{1,15}$/.test(value) ? Number(value) : value };
  const integer = readInteger(value);
  return integer === undefined ? { problem: 'The timestamp must be an integer of milliseconds or a text.' } : { value: integer };
}

function takeBody(value: JsonValue | undefined): Taken {
  if (value === undefined) return { value: null };
  // Python's booleans are integers, and the model names no others.
  return { value: typeof value === 'boolean' ? Number(value) : value };
}

function takeText(value: JsonValue | undefined): Taken {
  return typeof value === 'string' ? { value } : { problem: value === undefined ? 'It is missing.' : 'It must be a text.' };
}

function takeOptionalText(value: JsonValue | undefined): Taken {
  return value === undefined || value === null ? { value: null } : takeText(value);
}

function takeRequestId(value: JsonValue | undefined): Taken {
  const text = takeText(value);
  if ('problem' in text) return text;
  const digits = (text.value as string).replaceAll('-', '').trim();
  return /^[0-9a-f]{32}$/i.test(digits)
    ? text
    : { problem: `It must be a UUID, 32 hexadecimal digits with or without dashes, not "${shorten(text.value as string, 60)}".` };
}

function takeMethod(value: JsonValue | undefined): Taken {
  const word = typeof value === 'string' ? value.toUpperCase() : undefined;
  const method = gfMethods.find((known) => known === word);
  if (method) return { value: method };
  return {
    problem: `The method must be one of ${gfMethods.join(', ')}, not ${shorten(JSON.stringify(value) ?? 'nothing', 60)}. Peers from 0.1.3 on take no integers.`,
  };
}

function takeCode(value: JsonValue | undefined): Taken {
  const integer =
    value === undefined ? undefined : readInteger(typeof value === 'string' ? (/^\s*([+-]?\d{1,15})(?:\.0*)?\s*$/.exec(value)?.[1] ?? value) : value);
  return integer === undefined ? { problem: 'The response code must be an integer.' } : { value: integer };
}

/** A text here is one of digits already. */
function readInteger(value: JsonValue): JsonValue | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') return /^[+-]?\d+$/.test(value) ? Number(value) : undefined;
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return /^-?\d+$/.test(exactDigits(value) ?? '') ? value : undefined;
}
