import type { ConnectionSession } from '../../connections/index.ts';
import type { NodeSessionHandle, NodeSessionHooks } from './node-session.ts';

/** The session of a connection, which is kept by its user: the node only takes part in it. */
export function joinSession(session: ConnectionSession, hooks: NodeSessionHooks): NodeSessionHandle {
  const held = new Map<string, number>();
  let over = false;
  const unsubscribe = async (filter: string): Promise<void> => {
    const users = held.get(filter) ?? 0;
    if (users === 0) return;
    held.set(filter, users - 1);
    await session.unsubscribe(filter);
  };
  const leaveMessages = session.onMessages((records) => {
    if (!over) hooks.messages(records);
  });
  const leaveEnd = session.onEnd((problem) => {
    if (over) return;
    over = true;
    leaveMessages();
    // When it is opened again is for the connection to decide.
    hooks.ended(problem, false);
  });
  if (!over) {
    hooks.connected({
      clientId: session.clientId,
      version: session.version,
      isOwn: false,
      async subscribe(filter, qos) {
        const outcome = await session.subscribe(filter, qos);
        if (outcome.grantedQos === null) return outcome;
        if (over) await session.unsubscribe(filter);
        else held.set(filter, (held.get(filter) ?? 0) + 1);
        return outcome;
      },
      unsubscribe,
      covering: session.covering,
      publish: ({ retain = false, ...message }) => session.publish({ ...message, retain }),
    });
  }
  return {
    async close(before) {
      if (over) return;
      over = true;
      leaveMessages();
      leaveEnd();
      if (before) await session.publish({ ...before, retain: before.retain ?? false }).catch(() => undefined);
      const given = [...held].flatMap(([filter, users]) => Array.from({ length: users }, () => filter));
      held.clear();
      // The end of the session ends its subscriptions as well.
      await Promise.all(given.map((filter) => session.unsubscribe(filter).catch(() => undefined)));
    },
  };
}
