import { ruleProblem, type RuleProblem } from '../../../../shared/broker/bridges/topic-rules.ts';
import type { BridgeRemote, Intercept, InterceptView } from '../../../../shared/contract/broker-intercepts.ts';
import type { ConnectionsView } from '../../../../shared/contract/connections.ts';
import type { ListenerOptions } from '../../../../shared/contract/listeners.ts';
import type { BridgeRule, TopicBridge, TopicBridgeView } from '../../../../shared/contract/topic-bridges.ts';
import { parseTemplateUri } from '../../../../shared/connections/fill-profile.ts';
import { checkDraft, draftOf, newDraft, optionsOf, type DraftProblems } from '../listeners/listener-draft.ts';
import { plainBridge, plainIntercept, type InterceptDraft, type TopicDraft } from './bridges-model.ts';

const newRemote: BridgeRemote = { kind: 'address', uri: 'mqtt://broker.example', verify: 'required', ca: '' };
export const newRule: BridgeRule = { direction: 'both', filter: '#', localPrefix: '', remotePrefix: '', qos: 1, retain: 'keep' };

/** The first of `PREFIX 1`, `PREFIX 2` … that is free. */
function freeName(prefix: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) if (!taken.includes(`${prefix} ${number}`)) return `${prefix} ${number}`;
}

/** On a port beside the usual ones, that no other intercept has. */
export function newIntercept(id: string, others: readonly Intercept[]): Intercept {
  const ports = new Set(others.map(({ listener }) => (listener.kind === 'unix' ? 0 : listener.port)));
  let port = 1884;
  while (ports.has(port)) port += 1;
  const listener = optionsOf({ ...newDraft(id), kind: 'tcp', port: String(port) });
  return {
    ...{
      id,
      name: freeName(
        'Intercept',
        others.map(({ name }) => name),
      ),
      listener,
      remote: newRemote,
    },
    ...{ rewrite: { username: null, clientId: null }, unreachable: 'close', record: true, faults: false, autoStart: false },
  };
}

export function newTopicBridge(id: string, others: readonly TopicBridge[]): TopicBridge {
  return {
    ...{
      id,
      name: freeName(
        'Bridge',
        others.map(({ name }) => name),
      ),
      remote: newRemote,
      version: '5',
      username: '',
      clientId: '',
    },
    ...{ keepAliveSeconds: 60, cleanStart: false, sessionExpirySeconds: 86_400, tryPrivate: true },
    // What goes round the whole remote broker is more than most want.
    rules: [{ ...newRule, filter: 'shared/#' }],
    ...{ queueMessages: 1000, queueBytes: 16_777_216, queueQos0: false, returnsSeconds: 0, autoStart: false },
  };
}

export function interceptDraftOf(view: InterceptView): InterceptDraft {
  const { listener, ...intercept } = plainIntercept(view);
  return { kind: 'intercept', intercept, listener: draftOf(listener), password: undefined };
}

export const topicDraftOf = (view: TopicBridgeView): TopicDraft => ({ kind: 'topic', bridge: plainBridge(view), password: undefined });

/** Only for a draft without problems. */
export function interceptOf({ intercept, listener }: InterceptDraft): Intercept {
  return { ...intercept, name: intercept.name.trim(), remote: cleanRemote(intercept.remote), listener: optionsOf({ ...listener, enabled: true, name: '' }) };
}

export const bridgeOf = ({ bridge }: TopicDraft): TopicBridge => ({ ...bridge, name: bridge.name.trim(), remote: cleanRemote(bridge.remote) });

const cleanRemote = (remote: BridgeRemote): BridgeRemote => (remote.kind === 'address' ? { ...remote, uri: remote.uri.trim() } : remote);

function remoteProblem(remote: BridgeRemote, connections: ConnectionsView | undefined): string | undefined {
  if (remote.kind === 'connection') {
    if (remote.id === '') return 'Choose a connection.';
    return connections && !connections.profiles.some(({ id }) => id === remote.id) ? 'This connection is gone: choose another one.' : undefined;
  }
  const parsed = parseTemplateUri(remote.uri);
  if (!parsed.ok) return `${parsed.problem.message} ${parsed.problem.advice ?? ''}`.trim();
  if (parsed.value.username !== undefined || parsed.value.password !== undefined) return 'Enter user name and password in their own fields.';
  return undefined;
}

export interface InterceptProblems {
  readonly name: string | undefined;
  readonly remote: string | undefined;
  readonly clientId: string | undefined;
  readonly listener: DraftProblems;
}

export function interceptProblems(draft: InterceptDraft, connections: ConnectionsView | undefined, others: readonly ListenerOptions[]): InterceptProblems {
  const { name, remote, rewrite } = draft.intercept;
  return {
    name: name.trim() === '' ? 'Give the intercept a name.' : undefined,
    remote: remoteProblem(remote, connections),
    clientId: rewrite.clientId?.trim() === '' ? 'Enter a client id, such as lab-%c.' : undefined,
    listener: checkDraft({ ...draft.listener, enabled: true }, others),
  };
}

export interface TopicProblems {
  readonly name: string | undefined;
  readonly remote: string | undefined;
  readonly rules: readonly (RuleProblem | null)[];
  readonly noRules: string | undefined;
}

export function topicProblems({ bridge }: TopicDraft, connections: ConnectionsView | undefined): TopicProblems {
  return {
    name: bridge.name.trim() === '' ? 'Give the bridge a name.' : undefined,
    remote: remoteProblem(bridge.remote, connections),
    rules: bridge.rules.map((rule) => ruleProblem(rule)),
    noRules: bridge.rules.length === 0 ? 'Add a rule: without one nothing is carried.' : undefined,
  };
}

export const interceptIsRight = ({ name, remote, clientId, listener }: InterceptProblems): boolean =>
  name === undefined && remote === undefined && clientId === undefined && Object.keys(listener).length === 0;
export const topicIsRight = ({ name, remote, rules, noRules }: TopicProblems): boolean =>
  name === undefined && remote === undefined && noRules === undefined && rules.every((problem) => problem === null);
