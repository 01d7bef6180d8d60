import type { BridgeRemote } from '../../../shared/contract/broker-intercepts.ts';
import type { MqttVersion } from '../../../shared/contract/common.ts';
import { connectionProfileSchema } from '../../../shared/contract/connections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { formatBrokerUri } from '../../../shared/mqtt/broker-uri.ts';
import { brokerAccess, type BrokerAccess, type Connections, type ExplainedFailure, type ProfileFiller } from '../connections/index.ts';

export interface RemoteOptions {
  readonly connections: Pick<Connections, 'access'>;
  /** Puts the values of variables into a typed address. */
  readonly fill: ProfileFiller;
}

interface TypedLogin {
  readonly version: MqttVersion;
  readonly username: string;
  readonly password: string | undefined;
}

export type RemoteAccess = BrokerAccess | { readonly failure: ExplainedFailure };

/** What the broker at the other end is reached with; read anew for each attempt, as connections and variables may change. `login`: for a typed address. Never rejects. */
export async function remoteAccess(remote: BridgeRemote, { connections, fill }: RemoteOptions, login?: TypedLogin): Promise<RemoteAccess> {
  if (remote.kind === 'connection') {
    try {
      return await connections.access(remote.id);
    } catch (error) {
      const isGone = error instanceof CodedError && error.code === 'not-found';
      const message = isGone ? 'Its connection does not exist (any more).' : error instanceof Error ? error.message : String(error);
      return { failure: { code: 'not-found', message, advice: 'Choose another connection, or type the address of the broker.', final: true } };
    }
  }
  const { uri, verify, ca } = remote;
  const { version = '5', username = '', password } = login ?? {};
  const profile = connectionProfileSchema.parse({ id: 'remote', name: 'remote', uri, version, username, tls: { verify, ca } });
  const filled = await fill(profile, password === undefined ? {} : { password });
  return 'failure' in filled ? filled : brokerAccess(filled.profile, filled.secrets);
}

/** For people: without user info. */
export const remoteText = ({ uri }: Pick<BrokerAccess, 'uri'>): string => formatBrokerUri(uri);
