import { Filler, type FillSource } from '../collections/filler.ts';
import type { Problem } from '../contract/common.ts';
import type { ConnectionProfile } from '../contract/connection-profile.ts';
import { parseBrokerUri, type UriResult } from '../mqtt/broker-uri.ts';

const placeholders = /\{\{[^{}]*\}\}/;

/** Whether a text holds `{{variables}}`. Two braces alone, as in a password, are none. */
export const hasVariables = (text: string): boolean => placeholders.test(text);

/** What variables are filled into. */
export interface Fillable {
  readonly profile: ConnectionProfile;
  readonly password: string | undefined;
}

/** Whether there is anything to fill in. */
export const needsVariables = ({ profile, password }: Fillable): boolean =>
  [profile.uri, profile.clientId ?? '', profile.username, password ?? '', profile.will?.topic ?? ''].some(hasVariables);

/** Address, client id, user name, password and the topic of the will with their variables filled in; or the first problem, which names the field. */
export function fillProfile({ profile, password }: Fillable, source: FillSource): Fillable | { readonly problem: Problem } {
  const filler = new Filler(source);
  const fill = (what: string, text: string): string => (hasVariables(text) ? filler.text(what, text) : text);
  const { clientId, will } = profile;
  const filled = {
    profile: {
      ...profile,
      uri: fill('The address', profile.uri),
      clientId: clientId === null ? null : fill('The client id', clientId),
      username: fill('The user name', profile.username),
      will: will && { ...will, topic: fill('The topic of the will', will.topic) },
    },
    password: password === undefined ? undefined : fill('The password', password),
  };
  return filler.problem ? { problem: filler.problem } : filled;
}

/** Reads an address as `parseBrokerUri` does; where variables stand it is judged as if there were something fitting in their place. */
export function parseTemplateUri(uri: string): UriResult {
  if (!hasVariables(uri)) return parseBrokerUri(uri);
  return parseBrokerUri(
    uri
      .trim()
      .replace(/^\{\{[^{}]*\}\}(?=:\/\/)/, 'mqtt')
      .replaceAll(/\{\{[^{}]*\}\}/g, '1'),
  );
}
