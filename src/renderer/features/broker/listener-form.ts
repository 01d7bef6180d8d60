import type { BrokerFailure, BrokerListener, BrokerOptions } from '../../../shared/contract/broker.ts';
import type { Settings } from '../../../shared/contract/workspace.ts';

/** Port fields while they are edited. An empty field or a switched-off listener are different things. */
export interface ListenerForm {
  readonly engine: BrokerOptions['engine'];
  readonly persistence: Settings['broker']['persistence'];
  readonly host: string;
  readonly tcpEnabled: boolean;
  readonly tcpPort: string;
  readonly webSocketEnabled: boolean;
  readonly webSocketPort: string;
}

export type ListenerProblems = Readonly<Partial<Record<'tcpPort' | 'webSocketPort', string>>>;

const defaultPorts = { tcp: '1883', webSocket: '8083' } as const;

export function formOf(settings: Pick<Settings['broker'], 'engine' | 'persistence' | 'host' | 'tcpPort' | 'webSocketPort'>): ListenerForm {
  return {
    engine: settings.engine,
    persistence: settings.persistence,
    host: settings.host,
    tcpEnabled: settings.tcpPort !== null,
    tcpPort: settings.tcpPort === null ? defaultPorts.tcp : String(settings.tcpPort),
    webSocketEnabled: settings.webSocketPort !== null,
    webSocketPort: settings.webSocketPort === null ? defaultPorts.webSocket : String(settings.webSocketPort),
  };
}

function checkPort(text: string): string | undefined {
  if (!/^\s*\d{1,5}\s*$/.test(text) || Number(text) > 65_535) return 'Enter a port from 1 to 65535, or 0 for any free one.';
  return undefined;
}

export function checkForm(form: ListenerForm): ListenerProblems {
  const problems: Partial<Record<'tcpPort' | 'webSocketPort', string>> = {};
  const tcp = form.tcpEnabled ? checkPort(form.tcpPort) : undefined;
  const webSocket = form.webSocketEnabled ? checkPort(form.webSocketPort) : undefined;
  if (tcp !== undefined) problems.tcpPort = tcp;
  if (webSocket !== undefined) problems.webSocketPort = webSocket;
  if (!form.tcpEnabled && !form.webSocketEnabled) problems.tcpPort = 'Switch at least one listener on.';
  else if (
    form.tcpEnabled &&
    form.webSocketEnabled &&
    !tcp &&
    !webSocket &&
    Number(form.tcpPort) === Number(form.webSocketPort) &&
    Number(form.tcpPort) !== 0
  ) {
    problems.webSocketPort = 'MQTT over TCP uses this port already.';
  }
  return problems;
}

/** Only for a form without problems. */
export function optionsOf(form: ListenerForm): BrokerOptions {
  return {
    engine: form.engine,
    persistence: form.persistence,
    host: form.host,
    tcpPort: form.tcpEnabled ? Number(form.tcpPort) : null,
    webSocketPort: form.webSocketEnabled ? Number(form.webSocketPort) : null,
  };
}

/** The change that lets a start succeed after a port was taken, or `undefined` if no free port is known. */
export function otherPort(failure: BrokerFailure | null): Pick<Partial<BrokerOptions>, 'tcpPort' | 'webSocketPort'> | undefined {
  if (failure?.freePort === undefined) return undefined;
  return failure.listener === 'ws' ? { webSocketPort: failure.freePort } : { tcpPort: failure.freePort };
}

/** Commands that reach this broker from any shell, Windows included; `undefined` while it has no TCP listener. */
export function exampleCommands(listeners: readonly BrokerListener[]): { readonly publish: string; readonly subscribe: string } | undefined {
  const tcp = listeners.find((listener) => listener.kind === 'tcp');
  if (!tcp) return undefined;
  const host = tcp.host === '0.0.0.0' ? '127.0.0.1' : tcp.host === '::' ? '::1' : tcp.host;
  const target = `-h ${host} -p ${tcp.port}`;
  return { publish: `mosquitto_pub ${target} -t hello/world -m "Hi there"`, subscribe: `mosquitto_sub ${target} -t "#" -v` };
}
