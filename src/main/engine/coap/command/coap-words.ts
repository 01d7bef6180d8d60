import { formatOptionValue, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { contentFormatName } from '../../../../shared/coap/udp/content-formats.ts';
import { findOption } from '../../../../shared/coap/udp/options.ts';
import { codeTitle, formatCode, type CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { harmless } from '../../terminal-text.ts';
import type { CoapResponse } from '../udp/coap-client.ts';
import type { CoapFailure } from '../udp/coap-failure.ts';
import type { LoggedMessage } from '../udp/message-layer.ts';

/** By the class of the response: 2.xx 0, 4.xx 4, 5.xx 5. */
export function exitCodeOfResponse({ packet }: CoapResponse): number {
  const kind = packet.code >> 5;
  return kind === 2 ? 0 : kind;
}

/** 7: nothing came in time; 6: nothing that could be used. */
export function exitCodeOfFailure({ kind }: CoapFailure): number {
  return kind === 'no-acknowledgement' || kind === 'no-response' ? 7 : 6;
}

export function failureText({ message, advice }: CoapFailure): string {
  return `${harmless(message)}\n${harmless(advice)}\n`;
}

/** Of a response that is no success: its code. */
export function codeText({ packet }: CoapResponse): string {
  return `${formatCode(packet.code)} ${codeTitle(packet.code) ?? 'not a registered code'}\n`;
}

/** Text as it is, anything else in hexadecimal digits. */
export function payloadText(payload: Uint8Array): string {
  if (payload.length === 0) return '';
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    return harmless(text.endsWith('\n') ? text : `${text}\n`);
  } catch {
    return `${Buffer.from(payload).toString('hex')}\n`;
  }
}

/** Everything about a response in one line of JSON. The payload is text where it is text, else base64. */
export function responseLine({ packet, from, elapsedMs }: CoapResponse): string {
  let payload: { readonly payload: string } | { readonly payloadBase64: string };
  try {
    payload = { payload: new TextDecoder('utf-8', { fatal: true }).decode(packet.payload) };
  } catch {
    payload = { payloadBase64: Buffer.from(packet.payload).toString('base64') };
  }
  const format = uintOption(packet, 12);
  const about = {
    ok: packet.code >> 5 === 2,
    code: formatCode(packet.code),
    title: codeTitle(packet.code),
    type: packet.type,
    token: Buffer.from(packet.token).toString('hex'),
    from: `${from.address.includes(':') ? `[${from.address}]` : from.address}:${from.port}`,
    elapsedMs: Math.round(elapsedMs * 1000) / 1000,
    ...(format === undefined ? {} : { contentFormat: format, mediaType: contentFormatName(format) ?? null }),
    options: packet.options.map((option) => ({ number: option.number, name: findOption(option.number)?.name ?? null, value: formatOptionValue(option) })),
    ...payload,
  };
  return `${harmless(JSON.stringify(about))}\n`;
}

export function failureLine({ kind, message, advice }: CoapFailure): string {
  return `${harmless(JSON.stringify({ ok: false, failure: kind, message, advice }))}\n`;
}

/** One message of the log: when, which way, and what. */
export function logLine({ at, direction, peer, bytes, packet, note }: LoggedMessage, beganAt: number): string {
  const when = `${((at - beganAt) / 1000).toFixed(4).padStart(9)} s`;
  const what = packet ? packetText(packet) : Buffer.from(bytes).toString('hex');
  return harmless(`${when} ${direction === 'out' ? '→' : '←'} ${peer.address}:${peer.port} ${what}${note === null ? '' : `  (${note})`}`) + '\n';
}

function packetText(packet: CoapPacket): string {
  const { type, code, messageId, token, options, payload } = packet;
  const shown = options.map((option) => `${findOption(option.number)?.name ?? option.number}:${formatOptionValue(option)}`);
  const parts = [type, formatCode(code), codeTitle(code) ?? '', `id ${messageId}`, `token ${token.length === 0 ? '-' : Buffer.from(token).toString('hex')}`];
  return [...parts, ...shown, ...(payload.length === 0 ? [] : [`${payload.length} bytes`])].join(' ');
}
