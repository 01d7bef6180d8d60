import { buildGfResponse } from '../../../shared/coap/gf/build.ts';
import type { GfMethod } from '../../../shared/coap/gf/message.ts';
import { gfResponseTopic, parseGfTopic } from '../../../shared/coap/gf/topics.ts';
import type { GfCode } from '../../../shared/coap/gf/response-codes.ts';
import { readServedRequest, type ServedRequest } from '../../../shared/coap/gf/served-request.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import type { DeviceControl } from './rpc-methods.ts';
import { isTargetAllowed, targetRangeCelsius } from './thermostat-model.ts';

export const gfDeviceTag = 'DEMO_THERMOSTAT';
const maxRequestBytes = 65_536;

interface Answer {
  readonly code: GfCode;
  readonly body: JsonValue;
}

interface GfReply {
  readonly topic: string;
  readonly payload: string;
}

type Resource = Readonly<Partial<Record<GfMethod, (request: ServedRequest, device: DeviceControl) => Answer>>>;

const resources: Readonly<Record<string, Resource>> = {
  state: { GET: (_request, device) => ({ code: 205, body: device.status() }) },
  target: {
    GET: (_request, device) => ({ code: 205, body: device.status()['target'] ?? null }),
    PUT: ({ body }, device) => {
      if (typeof body !== 'number') return { code: 400, body: 'The body must be a number of degrees Celsius.' };
      if (!isTargetAllowed(body)) {
        return { code: 400, body: `The target must be from ${targetRangeCelsius.lowest} to ${targetRangeCelsius.highest} °C.` };
      }
      device.setTarget(body);
      return { code: 204, body: null };
    },
  },
};

/** Answers one message on a request topic of the device, exactly once; `null` only for an empty payload, which clears a retained request. */
export function answerGf(topic: string, payload: Uint8Array, device: DeviceControl, nowMs: number): GfReply | null {
  const address = parseGfTopic(topic);
  if (!address || address.kind !== 'request' || payload.length === 0) return null;
  const reply = (code: GfCode, body: JsonValue, about: Pick<ServedRequest, 'path' | 'requestId' | 'correlationId'>): GfReply => ({
    topic: gfResponseTopic(address),
    payload: buildGfResponse({ ...about, code, body, source: gfDeviceTag, timestampMs: nowMs }),
  });
  if (payload.length > maxRequestBytes) {
    return reply(413, `A request may have at most ${maxRequestBytes} bytes.`, {
      path: '',
      requestId: address.requestId,
      correlationId: null,
    });
  }
  const request = readServedRequest(payload, address);
  if ('code' in request) return reply(request.code, request.detail, request);
  const path = request.path.replace(/^\/+/, '');
  const resource = Object.hasOwn(resources, path) ? resources[path] : undefined;
  if (!resource) return reply(404, `There is no resource "${path}".`, request);
  const handle = resource[request.method];
  if (!handle) return reply(405, `"${path}" does not support ${request.method}.`, request);
  const answer = handle(request, device);
  return reply(answer.code, answer.body, request);
}
