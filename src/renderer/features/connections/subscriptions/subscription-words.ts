import type { MqttVersion } from '../../../../shared/contract/common.ts';
import type { BrokerCapabilities, ConnectionStatus, Subscription } from '../../../../shared/contract/connections.ts';

/** `$share/GROUP/filter` in its parts; without a group, `group` is empty. */
export function splitGroup(filter: string): { readonly group: string; readonly filter: string } {
  const found = /^\$share\/([^/]*)\/(.*)$/s.exec(filter);
  return found ? { group: found[1] ?? '', filter: found[2] ?? '' } : { group: '', filter };
}

export const joinGroup = (group: string, filter: string): string => (group === '' ? filter : `$share/${group}/${filter}`);

/** Why the options of MQTT 5 are off; `null`: they are not. */
export const optionsOff = (version: MqttVersion): string | null =>
  version === '5' ? null : `The connection speaks MQTT ${version}: these options need MQTT 5.`;

/** What the broker has said it cannot do, and what is no use, in sentences; `broker` is `null` while it is not known. */
export function subscriptionWarnings(subscription: Subscription, version: MqttVersion, broker: BrokerCapabilities | null): readonly string[] {
  const { group, filter } = splitGroup(subscription.filter);
  const warnings: string[] = [];
  if (broker && !broker.wildcardSubscriptions && /[+#]/.test(filter))
    warnings.push('The broker has no subscriptions with wildcards: it is not asked for this one.');
  if (broker && !broker.sharedSubscriptions && group !== '') warnings.push('The broker has no shared subscriptions: it is not asked for this one.');
  if (broker && !broker.subscriptionIdentifiers && subscription.identifier !== null && version === '5') {
    warnings.push('The broker has no subscription identifiers: it is asked without this one.');
  }
  if (broker && subscription.qos > broker.maximumQos) warnings.push(`The broker sends messages up to QoS ${broker.maximumQos}.`);
  if (group !== '' && subscription.noLocal) warnings.push('A shared subscription cannot leave out own messages: it is asked without that.');
  const fromFive = [subscription.noLocal, subscription.retainAsPublished, subscription.retainHandling !== 0, subscription.identifier !== null];
  if (version !== '5' && fromFive.some(Boolean)) warnings.push(`Its options need MQTT 5, and are left out with MQTT ${version}.`);
  if (version !== '5' && group !== '') warnings.push('Shared subscriptions are of MQTT 5; with older versions some brokers have them too.');
  return warnings;
}

/** What is set beside filter and QoS, in a few words. */
export function optionWords({ action, identifier, noLocal, retainAsPublished, retainHandling }: Subscription): readonly string[] {
  return [
    ...(action === 'store' ? [] : [action === 'drop' ? 'dropped' : 'notifies']),
    ...(identifier === null ? [] : [`id ${identifier}`]),
    ...(noLocal ? ['no local'] : []),
    ...(retainAsPublished ? ['retain as published'] : []),
    ...(retainHandling === 0 ? [] : [retainHandling === 1 ? 'retained if new' : 'nothing retained']),
  ];
}

interface ActiveSubscription {
  readonly filter: string;
  readonly qos: number;
  readonly alias?: string;
  readonly identifier?: number;
}

/** Those that the broker has granted, with the QoS it granted. */
export function activeSubscriptions(subscriptions: readonly Subscription[], status: ConnectionStatus | undefined): readonly ActiveSubscription[] {
  const asked = new Map(subscriptions.map((one) => [one.filter, one]));
  return (status?.subscriptions ?? [])
    .filter(({ state }) => state === 'granted')
    .map(({ filter, grantedQos, requestedQos }) => {
      const { alias = '', identifier = null } = asked.get(filter) ?? {};
      return { filter, qos: grantedQos ?? requestedQos, ...(alias === '' ? {} : { alias }), ...(identifier === null ? {} : { identifier }) };
    });
}

/** One filter a line, as pika's `listSubscribeTopics` lists them. */
export const activeAsText = (active: readonly ActiveSubscription[]): string => active.map(({ filter }) => filter).join('\n');
export const activeAsJson = (active: readonly ActiveSubscription[]): string => JSON.stringify(active, null, 2);
