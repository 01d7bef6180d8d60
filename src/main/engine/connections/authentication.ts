import type { AuthenticationChallenge } from '../../../shared/contract/connections.ts';
import type { ConnectionProfile } from '../../../shared/contract/connection-profile.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { scramSha256, type Authenticator } from '../mqtt-client/index.ts';

/** The authentication method of a profile; `ask` brings a challenge before a person. Throws where user name or password cannot be used. */
export function authenticatorOf(
  method: NonNullable<ConnectionProfile['authentication']>,
  username: string | undefined,
  password: string | undefined,
  ask: (data: Uint8Array) => Promise<Uint8Array | null>,
): Authenticator {
  switch (method.kind) {
    case 'scram-sha-256':
      if (!username || password === undefined) throw new Error('SCRAM-SHA-256 needs a user name and a password.');
      return scramSha256(username, password);
    case 'dialog':
      return {
        method: method.method,
        start: () => (method.initialData === '' ? null : Buffer.from(method.initialData, 'base64')),
        next: (challenge) => ask(challenge ?? new Uint8Array()),
        finish: () => undefined,
      };
  }
}

/** Challenges that wait for a person, one at a time. */
export class Challenges {
  readonly #onChange: () => void;
  #number = 0;
  #open: { readonly challenge: AuthenticationChallenge; readonly resolve: (data: Uint8Array | null) => void; readonly reject: (error: Error) => void } | null =
    null;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get current(): AuthenticationChallenge | null {
    return this.#open?.challenge ?? null;
  }

  ask(method: string, data: Uint8Array): Promise<Uint8Array | null> {
    this.clear();
    return new Promise((resolve, reject) => {
      this.#open = { challenge: { number: (this.#number += 1), method, data }, resolve, reject };
      this.#onChange();
    });
  }

  /** `null` gives up. Throws `not-found` for a challenge that is over. */
  answer(number: number, data: Uint8Array | null): void {
    const open = this.#open;
    if (open?.challenge.number !== number) throw new CodedError('not-found', 'The broker does not wait for this answer any more.');
    this.#open = null;
    if (data === null) open.reject(new Error('The challenge of the broker was not answered.'));
    else open.resolve(data);
    this.#onChange();
  }

  /** The connection is over. */
  clear(): void {
    const open = this.#open;
    this.#open = null;
    open?.reject(new Error('The connection ended.'));
  }
}
