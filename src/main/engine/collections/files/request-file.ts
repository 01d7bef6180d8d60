import { z } from 'zod';
import {
  collectionSettingsSchema,
  savedRequestSchema,
  type CollectionSettings,
  type SavedCall,
  type SavedCoapRequest,
  type SavedRequest,
} from '../../../../shared/contract/collections.ts';

/** In the file a text of several lines stands as the list of its lines; it is read as one text as well. */
const lineTexts = ['description', 'params', 'payload', 'script'] as const;

export const maxRequestFileBytes = 4 * 1024 * 1024;

/** What stands in `<name>.request.json` beside `version`. */
export const requestFileSchema: z.ZodType<SavedRequest> = z.preprocess(joinLines, savedRequestSchema);
/** What stands in `collection.json` beside `version`. */
export const settingsFileSchema: z.ZodType<CollectionSettings> = z.preprocess(joinLines, collectionSettingsSchema);

/** Without what is empty, in the order of the schema. */
export function requestFileContent(request: SavedRequest): object {
  return request.kind === 'coap' ? coapFileContent(request) : callFileContent(request);
}

function callFileContent(request: SavedCall): object {
  const { description, params, assertions, captures, script, replyTo, callerId, ...rest } = request;
  const { kind, name, properties, ...call } = rest;
  return {
    kind,
    name,
    ...given('description', description),
    ...call,
    ...given('replyTo', replyTo),
    ...given('callerId', callerId),
    ...(properties === undefined ? {} : { properties }),
    ...given('params', params),
    ...(assertions.length === 0 ? {} : { assertions }),
    ...(captures.length === 0 ? {} : { captures }),
    ...given('script', script),
  };
}

function coapFileContent(request: SavedCoapRequest): object {
  const { kind, name, description, uri, method, type, contentFormat, options, payload, payloadAs, token, blockSize, timeoutMs, transmission } = request;
  const { assertions, captures, script } = request;
  return {
    kind,
    name,
    ...given('description', description),
    method,
    uri,
    ...(type === 'CON' ? {} : { type }),
    ...(contentFormat === undefined ? {} : { contentFormat }),
    ...(options.length === 0 ? {} : { options }),
    ...given('payload', payload),
    ...(payloadAs === 'text' ? {} : { payloadAs }),
    ...given('token', token),
    ...(blockSize === 1024 ? {} : { blockSize }),
    timeoutMs,
    ...(transmission === undefined ? {} : { transmission }),
    ...(assertions.length === 0 ? {} : { assertions }),
    ...(captures.length === 0 ? {} : { captures }),
    ...given('script', script),
  };
}

export function settingsFileContent({ name, description, variables, order }: CollectionSettings): object {
  return {
    name,
    ...given('description', description),
    ...(variables.length === 0 ? {} : { variables }),
    ...(order.length === 0 ? {} : { order }),
  };
}

function given(name: string, text: string | undefined): object {
  if (text === undefined || text === '') return {};
  return { [name]: (lineTexts as readonly string[]).includes(name) && text.includes('\n') ? text.split('\n') : text };
}

function joinLines(content: unknown): unknown {
  if (typeof content !== 'object' || content === null) return content;
  const joined: Record<string, unknown> = { ...content };
  for (const name of lineTexts) {
    const value = joined[name];
    if (Array.isArray(value) && value.every((line) => typeof line === 'string')) joined[name] = value.join('\n');
  }
  return joined;
}
