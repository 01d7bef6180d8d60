import type { ConnectionProfile, ConnectionSecretName } from '../../../shared/contract/connection-profile.ts';
import { parseBrokerUri, type BrokerUri } from '../../../shared/mqtt/broker-uri.ts';
import type { ExplainedFailure } from './explain-failure.ts';

export type ConnectionSecrets = Readonly<Partial<Record<ConnectionSecretName, string>>>;

/** What a session with the broker of a connection is opened with. */
export interface BrokerAccess {
  readonly profile: ConnectionProfile;
  readonly uri: BrokerUri;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Keys and passphrases of TLS, and the password of the proxy. */
  readonly secrets?: ConnectionSecrets | undefined;
}

/** `secrets`: from the vault; its password goes before that of the address. */
export function brokerAccess(profile: ConnectionProfile, secrets: ConnectionSecrets): BrokerAccess | { readonly failure: ExplainedFailure } {
  const uri = parseBrokerUri(profile.uri);
  if (!uri.ok) return { failure: { code: 'invalid-uri', ...uri.problem, final: true } };
  const username = profile.username === '' ? uri.value.username : profile.username;
  const password = secrets.password ?? uri.value.password;
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
  return { profile, uri: uri.value, username, password, secrets };
}
