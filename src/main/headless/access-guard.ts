import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Why a request is turned away: the HTTP status and what to tell the person. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

export interface AccessGuardOptions {
  readonly scheme: 'http' | 'https';
  readonly token: string;
  /** For monitors, which know no cookies; it opens nothing else. */
  readonly monitorToken?: string | undefined;
  /** Host names the workbench is known by, in small letters; IPv6 addresses in brackets. */
  readonly hostNames: ReadonlySet<string>;
  /** Reachable from the network: any address literal may be used to reach it, as DNS rebinding needs a name. */
  readonly anyAddress: boolean;
  readonly isCertifiedName: (hostName: string) => boolean;
  /** Cookies are shared by all ports of a host, so its name tells one workbench from another. */
  readonly cookieName: string;
}

/** Decides who may talk to the workbench: `Host` against DNS rebinding, `Origin` against foreign pages, the token against everybody else. */
export class AccessGuard {
  readonly #options: AccessGuardOptions;
  readonly #tokenHash: Buffer;

  constructor(options: AccessGuardOptions) {
    this.#options = options;
    this.#tokenHash = sha256(options.token);
  }

  /** Where the request comes from. A WebSocket handshake must name its origin: every browser does. */
  refuseOrigin(request: IncomingMessage, kind: 'http' | 'websocket'): Refusal | undefined {
    const host = request.headers.host?.toLowerCase() ?? '';
    if (!this.#isKnownHost(host))
      return { status: 403, message: 'The workbench is not known under this host name. Open the address that it printed at its start.' };
    const origin = request.headers.origin?.toLowerCase();
    if (origin === undefined ? kind === 'websocket' : origin !== `${this.#options.scheme}://${host}`) {
      return { status: 403, message: 'Pages of other sites may not use the workbench.' };
    }
    return undefined;
  }

  isToken(text: string): boolean {
    return timingSafeEqual(sha256(text), this.#tokenHash);
  }

  refuseStranger(request: IncomingMessage): Refusal | undefined {
    for (const part of (request.headers.cookie ?? '').split(';')) {
      const [name, value] = part.trim().split('=', 2);
      if (name === this.#options.cookieName && value !== undefined && this.isToken(value)) return undefined;
    }
    return {
      status: 401,
      message: 'The workbench does not know this browser. Open the address with "?token=" that it printed in its terminal; it is a new one after each start.',
    };
  }

  /** Whether health and metrics may be seen: with the cookie, or with a token as in RFC 6750. */
  isMonitor(request: IncomingMessage): boolean {
    const [, token] = /^Bearer ([\x21-\x7e]{1,1000})$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) return this.refuseStranger(request) === undefined;
    const { monitorToken } = this.#options;
    return this.isToken(token) || (monitorToken !== undefined && timingSafeEqual(sha256(token), sha256(monitorToken)));
  }

  cookie(): string {
    return `${this.#options.cookieName}=${this.#options.token}; Path=/; HttpOnly; SameSite=Strict${this.#options.scheme === 'https' ? '; Secure' : ''}`;
  }

  #isKnownHost(host: string): boolean {
    const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(host);
    const name = match?.[1];
    if (name === undefined) return false;
    if (this.#options.hostNames.has(name)) return true;
    const address = name.replace(/^\[(.*)\]$/, '$1');
    if (isIP(address) !== 0) return this.#options.anyAddress;
    return this.#options.isCertifiedName(name);
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
