import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import { parseBrokerUri, type BrokerUri } from '../../../shared/mqtt/broker-uri.ts';
import type { ExplainedFailure } from './explain-failure.ts';

/** What a session with the broker of a connection is opened with. */
export interface BrokerAccess {
  readonly profile: ConnectionProfile;
  readonly uri: BrokerUri;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** `stored`: the password in the vault, which goes before that of the address. */
export function brokerAccess(profile: ConnectionProfile, stored: string | undefined): BrokerAccess | { readonly failure: ExplainedFailure } {
  const uri = parseBrokerUri(profile.uri);
  if (!uri.ok) return { failure: { code: 'invalid-uri', ...uri.problem, final: true } };
  const username = profile.username === '' ? uri.value.username : profile.username;
  const password = stored ?? uri.value.password;
  if (password !== undefined && username === undefined && profile.version !== '5') {
    // [MQTT-3.1.2-22] of 3.1.1: the password flag needs the user name flag.
    const failure = {
      code: 'password-without-user-name',
      message: `MQTT ${profile.version} sends a password only together with a user name.`,
      advice: 'Enter the user name, or remove the password.',
      final: true,
    };
    return { failure };
  }
  return { profile, uri: uri.value, username, password };
}
