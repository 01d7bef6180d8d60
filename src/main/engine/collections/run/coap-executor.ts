import type { SavedCoapRequest } from '../../../../shared/contract/collections.ts';
import { coapTransmissionSchema, type CoapUdpProgress, type CoapUdpRequest, type CoapUdpResponse } from '../../../../shared/contract/coap-udp.ts';
import { codeTitle, formatCode } from '../../../../shared/coap/udp/packet.ts';
import { fillCoap } from '../../../../shared/collections/fill-coap.ts';
import { fromHex, toHex } from '../../../../shared/coap/udp/hex.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { readJsonText } from '../../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { checkCoapRequest, type CoapUdp } from '../../coap/index.ts';
import type { CheckSubject } from '../checks/check-thread.ts';
import type { RequestExecutor } from './executor.ts';

/** Requests through the service that makes all own ones, so that those of a run are in its log and history as well. */
export function createCoapExecutor(coap: Pick<CoapUdp, 'request' | 'newId'>): RequestExecutor<SavedCoapRequest> {
  return {
    start(request, source) {
      const filled = fillCoap(request, source);
      if ('problem' in filled) return filled;
      const { method, type, token, blockSize, timeoutMs } = request;
      const transmission = coapTransmissionSchema.parse(request.transmission ?? {});
      const tokenBytes = token === undefined ? null : fromHex(token);
      const input: CoapUdpRequest = { ...filled, method, type, blockSize, timeoutMs, transmission, ...(tokenBytes ? { token: tokenBytes } : {}) };
      checkCoapRequest(input);
      const id = coap.newId();
      const cancel = new AbortController();
      let last: CoapUdpProgress | null = null;
      const ended = coap
        .request(input, cancel.signal, (state) => void (last = state), { id, run: true })
        .then(
          () => subjectOf(last),
          (error: unknown): CheckSubject => {
            if (!(error instanceof CodedError)) throw error;
            return { status: 'failed', errorName: error.code, errorText: error.message, body: null, elapsedMs: null };
          },
        );
      return { callId: null, coapId: id, ended, cancel: () => cancel.abort() };
    },
  };
}

function subjectOf(progress: CoapUdpProgress | null): CheckSubject {
  const { response = null, failure = null } = progress ?? {};
  if (response) return responseSubject(response);
  const timedOut = failure?.kind === 'no-acknowledgement' || failure?.kind === 'no-response';
  return {
    status: timedOut ? 'timed-out' : 'failed',
    errorName: failure?.kind ?? null,
    errorText: failure?.message ?? 'There is no response.',
    body: failure && { kind: failure.kind, message: failure.message, advice: failure.advice },
    elapsedMs: timedOut ? null : (progress?.elapsedMs ?? null),
  };
}

/** What paths look into is the payload, whatever the code. */
function responseSubject({ code, payload, elapsedMs }: CoapUdpResponse): CheckSubject {
  const isSuccess = code >> 5 === 2;
  const name = formatCode(code);
  const body = payloadValue(payload);
  const detail = typeof body === 'string' && body !== '' ? ` The server said: ${body.slice(0, 500)}` : '';
  return {
    status: isSuccess ? 'ok' : 'failed',
    code: name,
    errorName: isSuccess ? null : name,
    errorText: isSuccess ? '' : `The server answered ${name} ${codeTitle(code) ?? ''}.${detail}`.replace(' .', '.'),
    body,
    elapsedMs,
  };
}

/** What is JSON is its value, other text is text, anything else hexadecimal digits. */
function payloadValue(payload: Uint8Array): JsonValue {
  if (payload.length === 0) return null;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return toHex(payload);
  }
  const read = readJsonText(text);
  return 'value' in read ? read.value : text;
}
