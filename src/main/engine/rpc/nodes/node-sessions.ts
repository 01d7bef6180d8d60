import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { Problem, SourceId } from '../../../../shared/contract/common.ts';
import { connectionProfileSchema, type ConnectionStatus } from '../../../../shared/contract/connections.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { parseBrokerUri } from '../../../../shared/mqtt/broker-uri.ts';
import { plainListener } from '../../../../shared/mqtt/listener-kinds.ts';
import type { Connections } from '../../connections/index.ts';
import type { NodeSessionHandle, NodeSessionHooks } from './node-session.ts';
import { openOwnSession, type OwnSessionOptions } from './own-session.ts';
import { presenceMessage } from './presence.ts';
import { joinSession } from './shared-session.ts';
import { ownLogin } from '../../own-login.ts';

const connectTimeoutSeconds = 5;

/** `troubled`: the connection is about to come back by itself. `problem`: why it is not up. */
type SourceState = { readonly phase: 'up' } | { readonly phase: 'troubled' | 'down'; readonly problem: Problem };

export interface NodeSessions {
  state(source: SourceId): SourceState;
  open(node: RpcNode, hooks: NodeSessionHooks): NodeSessionHandle;
}

export interface NodeSessionsOptions {
  /** Unix ms. */
  readonly now: () => number;
  readonly brokerStatus: () => BrokerStatus;
  readonly connections: Pick<Connections, 'access' | 'session'> & { statuses(): readonly Pick<ConnectionStatus, 'id' | 'phase' | 'lastProblem'>[] };
  /** What sessions of nodes alone receive and send, unless it comes over their connection as well. */
  readonly onTraffic: (source: SourceId, records: readonly MessageRecord[], clientId: string) => void;
}

function ownClientId({ id, source, clientId }: RpcNode): string {
  return clientId === '' && source === 'broker' ? id : clientId;
}

/** Where nodes get their sessions from: clients of the local broker, sessions of connections, or sessions beside them. */
export function createNodeSessions({ now, brokerStatus, connections, onTraffic }: NodeSessionsOptions): NodeSessions {
  /** The connection gets it as well, by a subscription of its own. */
  const isSeen = (source: SourceId, topic: string): boolean => {
    if (source === 'broker') return false;
    try {
      return connections.session(source.slice('connection:'.length)).covering(topic) !== null;
    } catch {
      return false;
    }
  };
  const openOwn = (
    node: RpcNode,
    link: Pick<OwnSessionOptions['link'], 'profile' | 'uri' | 'username' | 'password'>,
    hooks: NodeSessionHooks,
  ): NodeSessionHandle => {
    const clientId = ownClientId(node);
    const will = node.presence ? presenceMessage('offline', clientId, now()) : undefined;
    const traffic = (records: readonly MessageRecord[]): void =>
      onTraffic(
        node.source,
        records.filter(({ topic }) => !isSeen(node.source, topic)),
        clientId,
      );
    return openOwnSession({ link: { ...link, clientId, will }, nowUs: () => now() * 1000, onTraffic: traffic }, hooks);
  };
  const overBroker = (node: RpcNode, hooks: NodeSessionHooks): NodeSessionHandle => {
    const status = brokerStatus();
    const listener = plainListener(status.listeners);
    const uri = listener && parseBrokerUri(listener.url);
    if (!listener || !uri?.ok) {
      const message = 'The local broker has no listener without TLS that the node could connect to.';
      return failing({ code: 'invalid-state', message, advice: 'Give it a TCP port or a WebSocket port.' }, hooks);
    }
    const version = status.engine === 'aedes' ? '3.1.1' : '5';
    const profile = connectionProfileSchema.parse({ id: 'rpc-node', name: node.name, uri: listener.url, version, connectTimeoutSeconds });
    return openOwn(node, { profile, uri: uri.value, ...ownLogin }, hooks);
  };
  const besideConnection = (node: RpcNode, id: string, hooks: NodeSessionHooks): NodeSessionHandle => {
    let opened: NodeSessionHandle | undefined;
    let closed = false;
    connections.access(id).then(
      (access) => {
        if (closed) return;
        if ('failure' in access) hooks.ended(access.failure, access.failure.final);
        else opened = openOwn(node, { ...access, profile: { ...access.profile, cleanStart: true } }, hooks);
      },
      (error: unknown) => {
        if (!closed) hooks.ended(problemOf(error), false);
      },
    );
    return {
      async close(before) {
        closed = true;
        await opened?.close(before);
      },
    };
  };
  const overConnection = (id: string, hooks: NodeSessionHooks): NodeSessionHandle => {
    try {
      return joinSession(connections.session(id), hooks);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      hooks.ended(problemOf(error), false);
      return { close: async () => undefined };
    }
  };

  return {
    state(source) {
      if (source === 'broker') {
        if (brokerStatus().phase === 'running') return { phase: 'up' };
        return { phase: 'down', problem: { code: 'broker-not-running', message: 'The local broker is not running.', advice: 'Start it.' } };
      }
      const status = connections.statuses().find(({ id }) => id === source.slice('connection:'.length));
      if (!status) {
        const advice = 'Choose another connection for this node.';
        return { phase: 'down', problem: { code: 'not-found', message: 'Its connection does not exist (any more).', advice } };
      }
      if (status.phase === 'connected') return { phase: 'up' };
      const why = status.lastProblem === null ? '' : ` ${status.lastProblem.message}`;
      const problem = { code: 'not-connected', message: `Its connection is not connected.${why}`, advice: 'Connect it.' };
      return { phase: status.phase === 'waiting' || status.phase === 'connecting' ? 'troubled' : 'down', problem };
    },
    open(node, hooks) {
      if (node.source === 'broker') return overBroker(node, hooks);
      const id = node.source.slice('connection:'.length);
      return node.clientId === '' ? overConnection(id, hooks) : besideConnection(node, id, hooks);
    },
  };
}

function failing(problem: Problem, hooks: NodeSessionHooks): NodeSessionHandle {
  hooks.ended(problem, true);
  return { close: async () => undefined };
}

function problemOf(error: unknown): Problem {
  if (error instanceof CodedError) return { code: error.code, message: error.message, advice: error.advice };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
