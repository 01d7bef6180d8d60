import type { BrokerClient } from '../../../../shared/contract/broker.ts';
import type { Qos } from '../../../../shared/contract/common.ts';
import { listedAtMost } from '../broker-engine.ts';
import type { BrokerCore } from './broker-core.ts';
import type { Session } from './session.ts';
import { versionNames } from './version-names.ts';

/** The first ones of those that are connected, each with its first subscriptions. */
export function listClients(core: BrokerCore): readonly BrokerClient[] {
  const list: BrokerClient[] = [];
  for (const { session, info, level, username, keepAliveSeconds, connectedAtMs } of core.connections) {
    if (!session) continue;
    if (list.length === listedAtMost.clients) break;
    list.push({
      clientId: session.clientId,
      version: versionNames[level],
      transport: info.transport,
      address: info.address,
      ...(info.certificateSubject === undefined ? {} : { certificateSubject: info.certificateSubject }),
      username,
      cleanStart: session.expirySeconds === 0,
      keepAliveSeconds,
      connectedAt: connectedAtMs,
      subscriptionCount: session.subscriptions.size,
      subscriptions: firstSubscriptions(session),
    });
  }
  return list;
}

function firstSubscriptions({ subscriptions }: Session): BrokerClient['subscriptions'] {
  const first: { readonly filter: string; readonly qos: Qos }[] = [];
  for (const { filter, qos } of subscriptions.values()) {
    if (first.length === listedAtMost.subscriptions) break;
    first.push({ filter, qos });
  }
  return first;
}
