import type { ConnectionProfile } from '../../contract/connection-profile.ts';
import { newProfile, newSubscription } from '../new-profile.ts';
import type { LossLog } from './losses.ts';
import type { ConnectionSecretValues } from './transfer-types.ts';

/** Settings of the workbench alone: not worth a line in each export. */
const ownAffairs = new Set(['id', 'name', 'folder', 'color', 'favourite', 'notes', 'connectAtStart', 'pikaPeers']);

/** What a will has besides topic, payload, QoS and Retain; a profile has none at first. */
const willDefaults: Readonly<Record<string, unknown>> = {
  ...{ payloadAs: 'text', delaySeconds: 0, messageExpirySeconds: null, contentType: '', responseTopic: '' },
  ...{ correlationData: '', payloadIsUtf8: false, userProperties: [] },
};

/**
 * Notes every setting of a profile that differs from the default and that a format does not know. `known`: paths as `tls.verify`, or whole sections
 * as `tls`.
 */
export function noteUnwritten(profile: ConnectionProfile, known: readonly string[], tool: string, log: LossLog): void {
  const defaults: Readonly<Record<string, unknown>> = { ...newProfile('') };
  const reason = `${tool} has no setting for it.`;
  for (const [key, value] of Object.entries(profile)) {
    if (known.includes(key) || same(value, defaults[key])) continue;
    if (key === 'subscriptions') log.add(key, value, `${tool} keeps no subscriptions in this file.`);
    else if (!isSection(value) || (!isSection(defaults[key]) && !known.some((one) => one.startsWith(`${key}.`))))
      log.add(key, value, reason, { minor: ownAffairs.has(key) });
    else {
      const usual = isSection(defaults[key]) ? defaults[key] : willDefaults;
      const parts = Object.entries(value).filter(([part, one]) => !known.includes(`${key}.${part}`) && !same(one, usual[part]));
      for (const [part, one] of parts) log.add(`${key}.${part}`, one, reason);
    }
  }
}

/** The same for the options of subscriptions; one line for each option, however many have it. */
export function noteUnwrittenOptions(subscriptions: ConnectionProfile['subscriptions'], known: readonly string[], tool: string, log: LossLog): void {
  const defaults: Readonly<Record<string, unknown>> = { ...newSubscription('') };
  const counts = new Map<string, number>();
  for (const subscription of subscriptions) {
    for (const [key, value] of Object.entries(subscription))
      if (key !== 'filter' && !known.includes(key) && !same(value, defaults[key])) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) log.add(`subscriptions[].${key}`, `of ${count}`, `${tool} has no such option.`);
}

/** Secrets that are to go along and that the format has no place for. */
export function noteUnwrittenSecrets(secrets: ConnectionSecretValues, known: readonly string[], tool: string, log: LossLog): void {
  for (const name of Object.keys(secrets))
    if (!known.includes(name)) log.add(name, '', `${tool} has no place for it, or takes it from a file of its own.`, { secret: true });
}

const isSection = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
