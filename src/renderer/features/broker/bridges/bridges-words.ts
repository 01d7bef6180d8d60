import type { InterceptConnection, InterceptStatus } from '../../../../shared/contract/broker-intercepts.ts';
import type { ConnectionsView } from '../../../../shared/contract/connections.ts';
import type { BridgeRemote } from '../../../../shared/contract/broker-intercepts.ts';
import type { TopicBridgeStatus } from '../../../../shared/contract/topic-bridges.ts';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import type { DotTone, Tone } from '../../../ui/badge.tsx';

const interceptTones = { running: 'ok', starting: 'busy', failed: 'bad', stopped: 'off' } as const;
const topicTones = { stopped: 'off', waiting: 'warn', connecting: 'busy', connected: 'ok', retrying: 'bad', failed: 'bad' } as const;

/** One that listens and does not reach its broker is not well. */
export const interceptTone = (status: InterceptStatus | undefined): DotTone =>
  status?.phase === 'running' && status.problem !== null ? 'warn' : interceptTones[status?.phase ?? 'stopped'];
export const topicTone = (status: TopicBridgeStatus | undefined): DotTone => topicTones[status?.phase ?? 'stopped'];

const interceptPhases = { running: 'Listening', starting: 'Starting', failed: 'Failed', stopped: 'Stopped' } as const;
export const interceptPhase = (status: InterceptStatus | undefined): string => interceptPhases[status?.phase ?? 'stopped'];

const topicPhases = {
  stopped: 'Stopped',
  waiting: 'Waiting for the local broker',
  connecting: 'Connecting',
  connected: 'Connected',
  retrying: 'Trying again',
  failed: 'Failed',
} as const;
export const topicPhase = (status: TopicBridgeStatus | undefined): string => topicPhases[status?.phase ?? 'stopped'];

/** The other broker, as far as the page knows. */
export function remoteWords(remote: BridgeRemote, connections: ConnectionsView | undefined): string {
  if (remote.kind === 'address') return remote.uri;
  return connections?.profiles.find(({ id }) => id === remote.id)?.name ?? 'a connection that is gone';
}

export const guardWords = {
  'no-local': 'No Local of MQTT 5 keeps messages from coming back.',
  private: 'The remote broker took the mark of bridges, which keeps messages from coming back.',
  memory: 'Messages that come back are known by topic and payload, for 5 s.',
} as const;

const connectionTones: Readonly<Record<InterceptConnection['state'], Tone>> = { connecting: 'info', open: 'ok', closing: 'warn', closed: 'neutral' };
const connectionWords: Readonly<Record<InterceptConnection['state'], string>> = {
  connecting: 'connecting',
  open: 'open',
  closing: 'closing',
  closed: 'closed',
};
export const connectionState = ({ state }: InterceptConnection): { readonly tone: Tone; readonly word: string } => ({
  tone: connectionTones[state],
  word: connectionWords[state],
});

/** A line for a terminal that connects through the intercept. */
export function tryIt(url: string, kind: BrokerListener['kind']): string | null {
  if (kind === 'ws' || kind === 'wss') return null;
  if (kind === 'unix') return `mosquitto_sub --unix "${url.slice('unix://'.length)}" -t "#" -v`;
  const parsed = /^mqtts?:\/\/(\[[^\]]+\]|[^:/]+):(\d+)$/.exec(url);
  if (!parsed) return null;
  return `mosquitto_sub -h ${parsed[1]?.replace(/^\[|\]$/g, '')} -p ${parsed[2]}${kind === 'tls' ? ' --cafile CA.pem' : ''} -t "#" -v`;
}
