import type { CoapUdpFailure } from '../../contract/coap-udp.ts';
import type { RpcErrorName } from '../../rpc/rpc-error.ts';
import { findResponseCode, type GfCode } from '../gf/response-codes.ts';
import { codeTitle, formatCode, isResponseCode, parseCode } from '../udp/packet.ts';

/** `exact` false: the other side has no such code, and this is the nearest it has. */
export interface CarriedCode<T> {
  readonly code: T;
  readonly exact: boolean;
}

/**
 * A response code of CoAP (the byte) as gf_mqtt_client writes it: 2.05 → 205. One that it does not list would silence the caller for good: it becomes
 * x.00 of its class (RFC 7252 §5.9), 205 or 204 where that is a success, and 502 for 5.08 (Hop Limit Reached), which the gateways are to blame for.
 */
export function gfCodeOf(code: number, hasBody: boolean): CarriedCode<GfCode> {
  const same = (code >> 5) * 100 + (code & 31);
  if (isResponseCode(code) && findResponseCode(same)) return { code: same as GfCode, exact: true };
  if (same === 508) return { code: 502, exact: false };
  const nearest: Readonly<Record<number, GfCode>> = { 2: hasBody ? 205 : 204, 4: 400, 5: 500 };
  return { code: nearest[code >> 5] ?? 502, exact: false };
}

/**
 * A code of gf_mqtt_client as the byte of CoAP: 205 → 2.05. Codes that CoAP does not register, and those that mean something between the two ends alone
 * (2.31 and 4.08 belong to blocks; 2.03 has no payload), become the nearest of their class. What is no code of a response becomes 5.02.
 */
export function coapCodeOf(code: number, hasBody: boolean): CarriedCode<number> {
  const kind = Math.floor(code / 100);
  const same = Number.isInteger(code) ? parseCode(`${kind}.${String(code % 100).padStart(2, '0')}`) : null;
  const isOfBlocks = code === 231 || code === 408;
  if (same !== null && isResponseCode(same) && codeTitle(same) !== null && !isOfBlocks && !(code === 203 && hasBody)) return { code: same, exact: true };
  const nearest: Readonly<Record<number, string>> = { 2: hasBody ? '2.05' : '2.04', 4: '4.00', 5: '5.00' };
  return { code: byteOf(nearest[kind] ?? '5.02'), exact: false };
}

/** What a caller over MQTT is answered when the CoAP server gave no response: as HTTP proxies do (RFC 8075 §7, RFC 7252 §10.1). */
export const gfCodeOfFailure: Readonly<Record<Exclude<CoapUdpFailure['kind'], 'cancelled'>, GfCode>> = {
  'no-acknowledgement': 504,
  'no-response': 504,
  reset: 502,
  unreachable: 502,
  'bad-response': 502,
  'too-large': 502,
};

/** The byte of what a CoAP client is answered when the call over MQTT failed on this side: no message of a device says so. */
export function coapCodeOfFailure(name: RpcErrorName): number {
  return byteOf(localFailures[name] ?? '5.02');
}

const localFailures: Readonly<Partial<Record<RpcErrorName, string>>> = {
  RPC_TIMEOUT: '5.04',
  NOT_CONNECTED: '5.03',
  CONNECTION_FAILED: '5.03',
  CONNECTION_LOST: '5.03',
  TOO_MANY_PENDING_CALLS: '5.03',
  PERMISSION_DENIED: '5.02',
  PAYLOAD_TOO_LARGE: '4.13',
  INVALID_RPC_REQUEST: '4.00',
};

/** `4.29 Too Many Requests`. */
export function coapCodeText(code: number): string {
  return [formatCode(code), codeTitle(code)].filter(Boolean).join(' ');
}

const byteOf = (text: string): number => parseCode(text) ?? 0xa2;
