import type { RedisConfig } from '../../../../shared/contract/broker-redis.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly isTls: boolean;
  /** From the address itself; empty: none. */
  readonly username: string;
  readonly password: string;
}

const form = 'It has the form redis://HOST:PORT/DB, or rediss:// for TLS.';

/** Reads `redis://[user:password@]host[:port][/db]`. Throws `invalid-uri` with what is wrong. */
export function readRedisAddress(text: string): RedisAddress {
  const wrong = (what: string): never => {
    throw new CodedError('invalid-uri', `The address of Redis cannot be used: ${what}`, { advice: form });
  };
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return wrong('it is no address.');
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return wrong(`it begins with “${url.protocol}”.`);
  if (url.hostname === '') return wrong('it names no host.');
  const path = url.pathname.replace(/^\//, '');
  if (!/^\d{0,5}$/.test(path)) return wrong(`“${path}” is no number of a database.`);
  if (url.search !== '' || url.hash !== '') return wrong('nothing may follow the number of the database.');
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return wrong('its user or password has a % that stands for nothing.');
    }
  };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    db: path === '' ? 0 : Number(path),
    isTls: url.protocol === 'rediss:',
    username: decode(url.username),
    password: decode(url.password),
  };
}

/** Without what is secret in it. */
export function shownRedisAddress(text: string): string {
  const { host, port, db, isTls } = readRedisAddress(text);
  return `${isTls ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}/${db}`;
}

/** Of a config whose address has user and password in it, these; they count before the fields. */
export function redisLogin({ url, username, password }: Pick<RedisConfig, 'url' | 'username' | 'password'>): {
  readonly username: string;
  readonly password: string;
} {
  const address = readRedisAddress(url);
  return { username: address.username || username, password: address.password || password };
}
