import { setImmediate as nextTurn } from 'node:timers/promises';
import { accessOf, type AccessVerdict, type ClientAccess } from '../../../../shared/broker/access/access-rules.ts';
import type { AccessChange, AccessPreview, AccessSettings } from '../../../../shared/contract/broker-access.ts';
import type { AccessControl } from './access-control.ts';

const mostChanges = 200;
const mostLeaving = 200;
/** At once, in ms; then everybody else has a turn. */
const slice = 5;

/** What other rules and another login would change for the clients there are, the subscriptions there are, those that were refused, and the last publishes. Nothing is changed. */
export async function previewAccess(control: AccessControl, edited: AccessSettings): Promise<AccessPreview> {
  const changes: AccessChange[] = [];
  let [omitted, subscriptions, publishes, unknown] = [0, 0, 0, 0];
  const rights = new Map<string, readonly [before: ClientAccess, after: ClientAccess]>();
  const current = control.settings;

  const look = (clientId: string, action: AccessChange['action'], target: string, count: number): void => {
    const client = control.clients.get(clientId);
    if (client === undefined) {
      unknown += 1;
      return;
    }
    if (client.proved === 'own') return;
    let both = rights.get(clientId);
    if (both === undefined) {
      const principal = { clientId, username: client.username };
      rights.set(clientId, (both = [accessOf(current, principal), accessOf(edited, principal)]));
    }
    const ask = (access: ClientAccess): AccessVerdict => (action === 'publish' ? access.publish(target) : access.subscribe(target));
    const [before, after] = both.map(ask) as [AccessVerdict, AccessVerdict];
    if (before.allowed === after.allowed) return;
    if (changes.length < mostChanges) changes.push({ clientId, username: client.username, action, target, count, before, after });
    else omitted += 1;
  };

  let began = performance.now();
  const pause = async (): Promise<void> => {
    if (performance.now() - began < slice) return;
    await nextTurn();
    began = performance.now();
  };
  for (const { clientId, filter } of control.host?.subscriptions() ?? []) {
    subscriptions += 1;
    look(clientId, 'subscribe', filter, 1);
    await pause();
  }
  const leaving: AccessPreview['leaving'][number][] = [];
  let leavingTotal = 0;
  for (const [clientId, client] of control.clients) {
    const { refused, connected, username } = client;
    if (!connected) continue;
    if (!control.mayStay(client, edited)) {
      leavingTotal += 1;
      if (leaving.length < mostLeaving) leaving.push({ clientId, username });
    }
    for (const filter of refused) {
      subscriptions += 1;
      look(clientId, 'subscribe', filter, 1);
    }
    await pause();
  }
  for (const { clientId, topic, count } of control.recent.counted()) {
    publishes += count;
    look(clientId, 'publish', topic, count);
    await pause();
  }
  return { changes, omitted, leaving, leavingTotal, subscriptions, publishes, unknown };
}
