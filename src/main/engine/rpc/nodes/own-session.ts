import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { closeLink, openMqttLink, type MqttLink } from '../../connections/index.ts';
import type { NodeMessage, NodeSessionHandle, NodeSessionHooks } from './node-session.ts';

export interface OwnSessionOptions {
  readonly link: Omit<Parameters<typeof openMqttLink>[0], 'nowUs'>;
  readonly nowUs: () => number;
  /** Messages that the session received or sent, for what looks at all messages of a source. */
  readonly onTraffic: (records: readonly MessageRecord[]) => void;
}

/** A session of the node alone, with a client id of its own. It does not reconnect by itself. */
export function openOwnSession({ link: options, nowUs, onTraffic }: OwnSessionOptions, hooks: NodeSessionHooks): NodeSessionHandle {
  const { clientId, profile } = options;
  let state: 'opening' | 'up' | 'over' = 'opening';
  let closing: Promise<void> | undefined;

  const publish = async (link: MqttLink, message: NodeMessage): ReturnType<MqttLink['publish']> => {
    const { topic, payload, qos, properties } = message;
    const retain = message.retain ?? false;
    const timeUs = nowUs();
    const outcome = await link.publish({ topic, payload, qos, retain, ...(properties && { properties }) });
    onTraffic([{ id: 0, timeUs, topic, payload, qos, retain, dup: false, direction: 'out', publisher: clientId, properties: properties ?? null }]);
    return outcome;
  };
  const link: MqttLink = openMqttLink(
    { ...options, nowUs },
    {
      connected() {
        state = 'up';
        hooks.connected({
          clientId,
          version: profile.version,
          isOwn: true,
          subscribe: (filter, qos) => link.subscribe(filter, qos),
          unsubscribe: (filter) => link.unsubscribe(filter),
          covering: () => null,
          publish: (message) => publish(link, message),
        });
      },
      failed({ final, ...problem }) {
        if (state === 'over') return;
        state = 'over';
        hooks.ended(problem, final);
      },
      messages(records) {
        onTraffic(records);
        if (state !== 'over') hooks.messages(records);
      },
    },
  );

  return {
    close(before) {
      const wasUp = state === 'up';
      state = 'over';
      return (closing ??= closeLink(link, { isUp: wasUp, before: before && (() => publish(link, before)) }));
    },
  };
}
