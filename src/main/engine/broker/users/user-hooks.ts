import type { CoreHooks } from '../core/hooks.ts';
import { isPassword, type CredentialStore } from './credentials.ts';
import { scramMethod, ScramExchange } from './scram.ts';

/** Lets in who knows a password: in CONNECT itself, or without sending it by SCRAM-SHA-256 in MQTT 5. Nobody gets in without a name. */
export function userHooks(store: CredentialStore): Pick<CoreHooks, 'authenticate' | 'beginAuthentication'> {
  return {
    authenticate: async ({ username, password }, { certificateUser }) =>
      // Its certificate was checked.
      typeof certificateUser === 'string' || (username !== null && password !== null && (await isPassword(store, username, password)))
        ? 'welcome'
        : 'bad-credentials',
    beginAuthentication: (method) => (method === scramMethod ? new ScramExchange(store) : null),
  };
}
