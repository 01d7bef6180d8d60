import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { BrokerUser } from '../../../../shared/contract/broker-access.ts';
import { saslPrep } from '../../sasl-prep.ts';
import { isHashOf, noPassword } from '../users/password-hash.ts';

/**
 * Checks passwords against their hashes. What has been right once is known again without the cost of its hash, by a keyed digest in memory: a thousand devices
 * that come back together would otherwise wait for minutes.
 */
export class PasswordCheck {
  readonly #key = randomBytes(32);
  #known = new WeakMap<BrokerUser, Buffer>();

  /** `undefined`: nobody is called so; it takes as long. */
  async isRight(user: BrokerUser | undefined, password: Uint8Array): Promise<boolean> {
    const digest = createHmac('sha256', this.#key).update(password).digest();
    const known = user === undefined ? undefined : this.#known.get(user);
    if (known !== undefined && timingSafeEqual(known, digest)) return true;
    const isRight = (await isHashOf(user?.hash ?? noPassword, password)) && user !== undefined;
    if (isRight) this.#known.set(user, digest);
    return isRight;
  }
}

/** Names and passwords in the one form in which they are kept and compared; bytes that are no such text stay as they are. */
export function preparedPassword(password: Uint8Array): Uint8Array {
  const prepared = saslPrep(Buffer.from(password).toString('utf8'));
  return prepared === null ? password : Buffer.from(prepared, 'utf8');
}
