import type { BrokerStatus } from '../../../shared/contract/broker.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { ConnectionsView } from '../../../shared/contract/connections.ts';
import { connectionOf } from '../common/index.ts';
import type { RunOptions } from './run-options.tsx';

interface HeadlessRun extends RunOptions {
  /** Of the workspace, absolute. */
  readonly folder: string;
  /** Of the collection or folder. */
  readonly id: string;
  readonly address: string;
  readonly environmentId: string | null;
}

/** The command that makes the same run without a window, for a shell of this machine. */
export function headlessCommand({ folder, id, address, environmentId, iterations, delayMs, stopOnFailure }: HeadlessRun): string {
  return [
    'mqtt-workbench run',
    quoted(`${folder}/collections/${id}`),
    `--broker ${quoted(address)}`,
    ...(environmentId === null ? [] : [`--env ${quoted(`${folder}/environments/${environmentId}.json`)}`]),
    ...((iterations ?? 1) > 1 ? [`--iterations ${iterations}`] : []),
    ...((delayMs ?? 0) > 0 ? [`--delay ${(delayMs ?? 0) / 1000}`] : []),
    ...(stopOnFailure ? ['--bail'] : []),
  ].join(' ');
}

/** Single quotes take everything as it is in POSIX shells and in PowerShell; cmd.exe knows only double ones. */
function quoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (/^[A-Za-z]:\\|\\\\/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Where a broker is reached; a password of a connection is not part of it. */
export function sourceAddress(source: SourceId, broker: BrokerStatus | undefined, connections: ConnectionsView | undefined): string {
  const connection = connectionOf(source);
  if (connection !== null) return connections?.profiles.find(({ id }) => id === connection)?.uri ?? 'mqtt://HOST:1883';
  const port = broker?.listeners.find(({ kind }) => kind === 'tcp')?.port;
  return `mqtt://127.0.0.1:${port ?? 1883}`;
}
