import type { Message } from '../message.ts';

const headBytes = 256;

/** Bytes of its own: what goes out must not hold on to the whole. */
export function headOf(payload: Uint8Array): Uint8Array {
  return new Uint8Array(payload.subarray(0, headBytes));
}

/** Whole seconds; `null`: never. */
export function expiresIn({ expiresAtMs }: Message, nowMs: number): number | null {
  return expiresAtMs === Infinity ? null : Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000));
}
