import { hasVariables, parseTemplateUri } from '../../../../shared/connections/fill-profile.ts';
import { formatBrokerUri, parseBrokerUri } from '../../../../shared/mqtt/broker-uri.ts';

/** What is wrong with an address, with advice, or `undefined`. */
export function checkUri(uri: string): string | undefined {
  const result = parseTemplateUri(uri);
  return result.ok ? undefined : `${result.problem.message} ${result.problem.advice}`;
}

/** An address that carries a user name or password, taken apart: profiles keep those in fields of their own, and passwords apart from the file. */
export function splitUserInfo(uri: string): { readonly uri: string; readonly username?: string; readonly password?: string } | undefined {
  // Taken apart it would be written anew, with the names of variables in small letters.
  if (hasVariables(uri)) return undefined;
  const result = parseBrokerUri(uri);
  if (!result.ok || (result.value.username === undefined && result.value.password === undefined)) return undefined;
  const { username, password, ...address } = result.value;
  return { uri: formatBrokerUri(address), ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}
