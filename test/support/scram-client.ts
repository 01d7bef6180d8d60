import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The client's side of SCRAM-SHA-256 (RFC 5802), written apart from the broker's. */
export class ScramClient {
  readonly #bare: string;
  readonly #password: string;
  readonly #gs2: string;
  #serverSignature = '';

  constructor(user: string, password: string, { nonce = randomBytes(18).toString('base64'), gs2 = 'n,,' } = {}) {
    this.#bare = `n=${user},r=${nonce}`;
    this.#password = password;
    this.#gs2 = gs2;
  }

  get first(): string {
    return this.#gs2 + this.#bare;
  }

  final(serverFirst: string): string {
    const [nonce = '', salt = '', iterations = ''] = serverFirst.split(',').map((field) => field.slice(2));
    const withoutProof = `c=${Buffer.from(this.#gs2).toString('base64')},r=${nonce}`;
    const salted = pbkdf2Sync(this.#password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
    const authMessage = `${this.#bare},${serverFirst},${withoutProof}`;
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
    this.#serverSignature = `v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}`;
    return `${withoutProof},p=${Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] as number))).toString('base64')}`;
  }

  /** What a broker that knows the password says last. */
  get serverFinal(): string {
    return this.#serverSignature;
  }
}
