import type { BrokerFailure, BrokerListener, BrokerOptions } from '../../../../shared/contract/broker.ts';
import { listenerKindWords, shareAPlace } from '../../../../shared/mqtt/listener-kinds.ts';
import type { ListenerOptions } from '../../../../shared/contract/listeners.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';

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

/** `further`: the listeners beside the two ports. */
export function checkForm(form: ListenerForm, further: readonly ListenerOptions[]): ListenerProblems {
  const problems: Partial<Record<'tcpPort' | 'webSocketPort', string>> = {};
  const tcp = form.tcpEnabled ? checkPort(form.tcpPort) : undefined;
  const webSocket = form.webSocketEnabled ? checkPort(form.webSocketPort) : undefined;
  if (tcp !== undefined) problems.tcpPort = tcp;
  if (webSocket !== undefined) problems.webSocketPort = webSocket;
  const others = further.filter(({ enabled }) => enabled);
  if (!form.tcpEnabled && !form.webSocketEnabled && others.length === 0) problems.tcpPort = 'Switch at least one listener on.';
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
  for (const [field, id] of [
    ['tcpPort', 'tcp'],
    ['webSocketPort', 'ws'],
  ] as const) {
    const simple = simpleListeners(form).find((listener) => listener.id === id);
    const other = simple && problems[field] === undefined ? others.find((listener) => shareAPlace(listener, simple)) : undefined;
    if (other) problems[field] = `${describeUser(other)} uses this port already.`;
  }
  return problems;
}

/** What holds a port, as the beginning of a sentence. */
export function describeUser({ id, name, kind }: Pick<ListenerOptions, 'id' | 'name' | 'kind'>): string {
  if (id === 'tcp') return 'MQTT over TCP';
  if (id === 'ws') return 'MQTT over WebSocket';
  return name === '' ? `Another listener (${listenerKindWords[kind]})` : `“${name}”`;
}

/** The two ports as listeners, where they are switched on. */
export function simpleListeners(form: ListenerForm): readonly ListenerOptions[] {
  const { host, tcpPort, webSocketPort } = optionsOf(form);
  const listener = (kind: 'tcp' | 'ws', port: number | null): ListenerOptions[] =>
    port === null
      ? []
      : [{ kind, id: kind, host, port, name: '', enabled: true, proxyProtocol: false, maxConnections: null, connectionsPerSecond: null, maxPacketBytes: null }];
  return [...listener('tcp', tcpPort), ...listener('ws', webSocketPort)];
}

/** Only for a form without problems. */
export function optionsOf(form: ListenerForm): Omit<BrokerOptions, 'listeners'> {
  return {
    engine: form.engine,
    persistence: form.persistence,
    host: form.host,
    tcpPort: form.tcpEnabled ? Number(form.tcpPort) : null,
    webSocketPort: form.webSocketEnabled ? Number(form.webSocketPort) : null,
  };
}

/** The change that lets a start succeed after a port was taken, or `undefined` if no free port is known. `further` as in the settings. */
export function otherPort(
  failure: BrokerFailure | null,
  further: readonly ListenerOptions[],
): Pick<Partial<BrokerOptions>, 'tcpPort' | 'webSocketPort' | 'listeners'> | undefined {
  const { freePort, listener: id } = failure ?? {};
  if (freePort === undefined) return undefined;
  if (id === 'tcp') return { tcpPort: freePort };
  if (id === 'ws') return { webSocketPort: freePort };
  return { listeners: further.map((listener) => (listener.id === id && listener.kind !== 'unix' ? { ...listener, port: freePort } : listener)) };
}

/** Commands that reach this broker from any shell, Windows included; `undefined` while it has no listener for them. */
export function exampleCommands(listeners: readonly BrokerListener[]): { readonly publish: string; readonly subscribe: string } | undefined {
  const target = exampleTarget(listeners.filter(({ proxyProtocol }) => proxyProtocol !== true));
  if (target === undefined) return undefined;
  return { publish: `mosquitto_pub ${target} -t hello/world -m "Hi there"`, subscribe: `mosquitto_sub ${target} -t "#" -v` };
}

function exampleTarget(listeners: readonly BrokerListener[]): string | undefined {
  const tcp = listeners.find(({ kind }) => kind === 'tcp');
  if (tcp) return networkTarget(tcp);
  const unix = listeners.find(({ kind }) => kind === 'unix');
  // Quoted, since a path may hold spaces.
  if (unix) return `--unix "${unix.url.slice('unix://'.length)}"`;
  const tls = listeners.find(({ kind }) => kind === 'tls');
  return tls && `${networkTarget(tls)} --cafile CA.pem`;
}

function networkTarget({ host, port }: BrokerListener): string {
  return `-h ${host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host} -p ${port}`;
}
