import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuthExchange, AuthStep } from '../core/hooks.ts';
import { findOrMock, hmac, sha256, type Credentials, type CredentialStore } from './credentials.ts';
import { saslPrep } from '../../sasl-prep.ts';

export const scramMethod = 'SCRAM-SHA-256';

/** What the client's first message says (RFC 5802 §7). */
interface ClientFirst {
  /** Up to the second comma; the client repeats it later, so that nobody can change it on the way. */
  readonly gs2Header: string;
  readonly bare: string;
  /** `null`: SASLprep refuses it. */
  readonly username: string | null;
  readonly nonce: string;
}

interface Challenge {
  readonly credentials: Credentials;
  readonly exists: boolean;
  readonly username: string;
  readonly gs2Header: string;
  /** Of the client, continued by ours. */
  readonly nonce: string;
  /** The part of AuthMessage that is known so far. */
  readonly messages: string;
}

/** The broker's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: it proves to either side that the other knows the password. */
export class ScramExchange implements AuthExchange {
  readonly #store: CredentialStore;
  readonly #makeNonce: () => string;
  #challenge: Challenge | null = null;
  #over = false;

  constructor(store: CredentialStore, makeNonce: () => string = randomNonce) {
    this.#store = store;
    this.#makeNonce = makeNonce;
  }

  step(data: Uint8Array | null): AuthStep | Promise<AuthStep> {
    const text = readText(data);
    if (text === null || this.#over) return malformed;
    return this.#challenge === null ? this.#begin(text) : this.#finish(this.#challenge, text);
  }

  async #begin(text: string): Promise<AuthStep> {
    const first = readClientFirst(text);
    if (first === null) {
      this.#over = true;
      return malformed;
    }
    const { credentials, exists } = await findOrMock(this.#store, first.username);
    const nonce = first.nonce + this.#makeNonce();
    const serverFirst = `r=${nonce},s=${Buffer.from(credentials.salt).toString('base64')},i=${credentials.iterations}`;
    const messages = `${first.bare},${serverFirst}`;
    this.#challenge = { credentials, exists, username: first.username ?? '', gs2Header: first.gs2Header, nonce, messages };
    return { kind: 'challenge', data: Buffer.from(serverFirst) };
  }

  #finish({ credentials, exists, username, gs2Header, nonce, messages }: Challenge, text: string): AuthStep {
    this.#over = true;
    const final = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,[A-Za-z]=[^,]*)*),p=([A-Za-z0-9+/]{43}=)$/.exec(text);
    if (final === null) return malformed;
    const [, withoutProof = '', binding, echoed, proofText = ''] = final;
    // What the client had sent first was changed on the way, or belongs to another exchange.
    if (binding !== Buffer.from(gs2Header).toString('base64') || echoed !== nonce) return wrong;
    const authMessage = `${messages},${withoutProof}`;
    const clientSignature = hmac(credentials.storedKey, authMessage);
    const proof = Buffer.from(proofText, 'base64');
    const clientKey = Buffer.alloc(proof.length);
    for (let at = 0; at < proof.length; at += 1) clientKey[at] = (proof[at] as number) ^ (clientSignature[at] as number);
    if (!timingSafeEqual(sha256(clientKey), credentials.storedKey) || !exists) return wrong;
    return { kind: 'success', username, data: Buffer.from(`v=${hmac(credentials.serverKey, authMessage).toString('base64')}`) };
  }
}

const malformed: AuthStep = { kind: 'failure', reason: 'malformed', message: `This is not the message of ${scramMethod} whose turn it is.` };
const wrong: AuthStep = { kind: 'failure', reason: 'bad-credentials', message: 'The user name or password is wrong.' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readText(data: Uint8Array | null): string | null {
  try {
    return data === null ? null : utf8.decode(data);
  } catch {
    return null;
  }
}

/** `n,,n=NAME,r=NONCE`; `y` says that the client would have bound the channel. Acting as somebody else (`a=`) and unknown extensions (`m=`) are refused. */
function readClientFirst(text: string): ClientFirst | null {
  const parts = /^([ny],(?:a=([^,]+))?,)(n=([^,]*),r=([!-+\--~]+)(?:,[A-Za-ln-z]=[^,]*)*)$/.exec(text);
  if (parts === null) return null;
  const [, gs2Header = '', actAs, bare = '', name = '', nonce = ''] = parts;
  if (name === '' || /=(?!2C|3D)/.test(name) || (actAs !== undefined && actAs !== name)) return null;
  return { gs2Header, bare, username: saslPrep(name.replaceAll('=2C', ',').replaceAll('=3D', '=')), nonce };
}

function randomNonce(): string {
  return randomBytes(18).toString('base64');
}
