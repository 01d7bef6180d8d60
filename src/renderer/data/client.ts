import type { EngineContract } from '../../shared/contract/index.ts';
import { connect, type Client } from '../../shared/ipc/connect.ts';
import { openTransport } from './open-transport.ts';

export type EngineClient = Client<EngineContract>;

let client: EngineClient | undefined;

/** The page's one link to the engine, opened when first asked for. It comes back by itself after each loss. */
export function engineClient(): EngineClient {
  client ??= connect<EngineContract>({ open: openTransport });
  return client;
}
