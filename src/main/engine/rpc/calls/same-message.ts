import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { isStrongKey } from './call-links.ts';
import type { CallRecord, KeptMessage } from './call-record.ts';

/** The same short id and bytes within this time are one request that was seen twice, later a new one. */
const weakRepeatMs = 2000;

/** Seen twice: sent again by a client, delivered for two subscriptions, or an own one on its way. */
export function isSameRequest(known: CallRecord, { topic, payload, dup }: MessageRecord, now: number): boolean {
  const { request, key } = known;
  if (!request || !isSameMessage(request, topic, payload)) return false;
  return isStrongKey(key) || dup || now - request.receivedAt < weakRepeatMs;
}

export function isSameMessage(message: KeptMessage, topic: string, payload: Uint8Array): boolean {
  if (message.topic !== topic || message.sizeBytes !== payload.byteLength) return false;
  return Buffer.compare(message.payload, payload.subarray(0, message.payload.byteLength)) === 0;
}
