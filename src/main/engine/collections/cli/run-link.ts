import type { Problem } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { RpcError } from '../../../../shared/rpc/rpc-error.ts';
import { closeLink, openMqttLink, type MqttLink } from '../../connections/index.ts';
import { connectionError, type CallSession, type LinkPlan } from '../../rpc/index.ts';

/** One MQTT session for all calls of a run. */
export interface RunLink {
  readonly session: CallSession;
  /** Why it is over, though nobody ended it. */
  readonly lost: () => RpcError | null;
  /** DISCONNECT; takes a second at most. */
  close(): Promise<void>;
}

/** Resolves when connected, with the reason when that failed, and with `null` when it was cancelled. */
export function openRunLink(
  plan: LinkPlan,
  onMessages: (records: readonly MessageRecord[]) => void,
  signal: AbortSignal,
): Promise<RunLink | { readonly error: RpcError } | null> {
  const listeners = new Set<(problem: Problem) => void>();
  let ended: Problem | null = null;
  let lost: RpcError | null = null;
  const end = (problem: Problem): void => {
    if (ended) return;
    ended = problem;
    for (const listener of listeners) listener(problem);
    listeners.clear();
  };
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(null);
    const close = (): Promise<void> => {
      const isUp = ended === null;
      end({ code: 'closed', message: 'The run is over.' });
      return closeLink(link, { isUp });
    };
    const giveUp = (): void => {
      link.abort();
      resolve(null);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    const link: MqttLink = openMqttLink(
      { ...plan, nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000) },
      {
        connected() {
          signal.removeEventListener('abort', giveUp);
          resolve({ session: sessionOf(plan, link, listeners, () => ended), lost: () => lost, close });
        },
        failed(failure, wasConnected) {
          signal.removeEventListener('abort', giveUp);
          lost = connectionError(failure, wasConnected);
          end(failure);
          resolve({ error: lost });
        },
        messages: onMessages,
      },
    );
  });
}

function sessionOf({ clientId, profile }: LinkPlan, link: MqttLink, listeners: Set<(problem: Problem) => void>, ended: () => Problem | null): CallSession {
  return {
    clientId,
    version: profile.version,
    covering: () => null,
    subscribe: (topic, qos) => link.subscribe(topic, qos),
    unsubscribe: async (topic) => {
      await link.unsubscribe(topic);
    },
    publish(message) {
      const over = ended();
      if (over) throw new CodedError('not-connected', over.message, { advice: over.advice });
      return link.publish({ ...message, retain: false });
    },
    onEnd(listener) {
      const over = ended();
      if (over) listener(over);
      else listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    hold: () => undefined,
    release: () => undefined,
  };
}
