import { Allowance } from '../allowance.ts';
import type { CoreOptions } from './core-options.ts';

type Options = Pick<CoreOptions, 'maximumConnections' | 'maximumConnectionsPerAddress' | 'connectsPerSecond'>;

/** How many clients may be connected, and how fast they may come. */
export class ConnectLimits {
  readonly #options: Options;
  readonly #allowance: Allowance | null;
  readonly #byHost = new Map<string, number>();
  #open = 0;

  private constructor(options: Options) {
    this.#options = options;
    this.#allowance = options.connectsPerSecond === null ? null : new Allowance(options.connectsPerSecond, 1000);
  }

  /** `null`: there are none, and nothing is counted. */
  static of(options: Options): ConnectLimits | null {
    const { maximumConnections, maximumConnectionsPerAddress, connectsPerSecond } = options;
    return maximumConnections === null && maximumConnectionsPerAddress === null && connectsPerSecond === null ? null : new ConnectLimits(options);
  }

  /** Asked once for each CONNECT, before anything is spent on it. Answers why it comes too soon. */
  tooSoon(nowMs: number): string | null {
    return this.#allowance?.take(nowMs) === false ? `The broker takes ${this.#options.connectsPerSecond} new clients per second, and more came.` : null;
  }

  /** Why there is no place for one more. `replaced`: the host of the connection it takes over, which was counted. */
  tooMany(host: string, replaced: string | null): { readonly of: 'all' | 'address'; readonly message: string } | null {
    const { maximumConnections: most, maximumConnectionsPerAddress: mostOfOne } = this.#options;
    if (most !== null && this.#open - (replaced === null ? 0 : 1) >= most)
      return { of: 'all', message: `The broker takes ${most} connected clients, and all places are taken.` };
    if (mostOfOne === null || host === '') return null;
    const there = (this.#byHost.get(host) ?? 0) - (replaced === host ? 1 : 0);
    return there < mostOfOne ? null : { of: 'address', message: `The broker takes ${mostOfOne} connected clients of one address, and ${host} has as many.` };
  }

  enter(host: string): void {
    this.#open += 1;
    if (host !== '') this.#byHost.set(host, (this.#byHost.get(host) ?? 0) + 1);
  }

  leave(host: string): void {
    this.#open -= 1;
    const left = (this.#byHost.get(host) ?? 1) - 1;
    if (left === 0) this.#byHost.delete(host);
    else if (host !== '') this.#byHost.set(host, left);
  }
}

/** `192.0.2.1` of `192.0.2.1:1883`; empty for the peer of a Unix socket, which has no address. */
export function hostOf(address: string): string {
  const colon = address.lastIndexOf(':');
  return colon < 0 ? '' : address.slice(0, colon);
}
