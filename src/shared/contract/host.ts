import { call } from '../ipc/contract.ts';
import { noInput } from './common.ts';

export interface HostInfo {
  readonly host: 'desktop' | 'browser' | 'broker-only';
  readonly appVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  /** Which SQLite binding holds the history. */
  readonly sqlite: string;
  readonly workspaceFolder: string;
}

export const hostContract = {
  'host.info': call<HostInfo>()(noInput),
  /** Round trip for the heartbeat and the benches. */
  'host.ping': call<'pong'>()(noInput),
} as const;
