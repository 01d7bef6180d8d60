import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { ConnectionSession } from '../../connections/index.ts';
import type { CallSession } from './call-session.ts';
import { LocalSession } from './local-session.ts';
import type { CallSessions } from './own-calls.ts';

export interface CallSessionsOptions {
  readonly now: () => number;
  readonly brokerStatus: () => BrokerStatus;
  /** Throws `not-found` or `not-connected`. */
  readonly connectionSession: (id: string) => ConnectionSession;
  /** What the client of the local broker receives; messages of connections come to the engine anyway. */
  readonly onLocalMessages: (records: readonly MessageRecord[]) => void;
}

/** Own calls go through the session of a connection, or a client of the local broker. */
export function createCallSessions(options: CallSessionsOptions): CallSessions {
  let local: LocalSession | undefined;
  const adapted = new WeakMap<ConnectionSession, CallSession>();
  const openLocal = (): LocalSession => {
    const status = options.brokerStatus();
    if (!local || local.isOver || status.phase !== 'running') local = new LocalSession(status, { now: options.now, onMessages: options.onLocalMessages });
    return local;
  };
  const overConnection = (id: string): CallSession => {
    const session = options.connectionSession(id);
    let call = adapted.get(session);
    if (!call) adapted.set(session, (call = adapt(session)));
    return call;
  };
  return {
    open(source: SourceId) {
      if (source.startsWith('intercept:'))
        throw new CodedError('invalid-state', 'An intercept only forwards what devices send.', { advice: 'Call over a connection to the same broker.' });
      return source === 'broker' ? openLocal() : overConnection(source.slice('connection:'.length));
    },
    close: async () => local?.close(),
  };
}

/** A connection is kept by its user, not by calls. */
function adapt(session: ConnectionSession): CallSession {
  return {
    clientId: session.clientId,
    version: session.version,
    covering: session.covering,
    subscribe: (topic, qos) => session.subscribe(topic, qos),
    unsubscribe: (topic) => session.unsubscribe(topic),
    publish: (message) => session.publish({ ...message, retain: false }),
    onEnd: (listener) => session.onEnd(listener),
    hold: () => undefined,
    release: () => undefined,
  };
}
