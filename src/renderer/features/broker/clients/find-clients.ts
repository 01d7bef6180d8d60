import type { BrokerClient } from '../../../../shared/contract/broker.ts';

/** The clients whose id, address, user name or a filter contains the text, in any case. */
export function findClients(clients: readonly BrokerClient[], text: string): readonly BrokerClient[] {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === '') return clients;
  const fits = (value: string | null): boolean => value !== null && value.toLocaleLowerCase().includes(wanted);
  return clients.filter(
    ({ clientId, address, username, subscriptions }) => fits(clientId) || fits(address) || fits(username) || subscriptions.some(({ filter }) => fits(filter)),
  );
}
