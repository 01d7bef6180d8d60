import type { Redis, RedisOptions } from 'ioredis';
import type { RedisConfig } from '../../../../shared/contract/broker-redis.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { readRedisAddress, redisLogin, shownRedisAddress } from './redis-address.ts';

/** Nobody waits longer for an answer; the connection may still get it later. */
const commandTimeoutMs = 4000;
const connectTimeoutMs = 3000;
const longestPauseMs = 1000;

export type RedisUse =
  /** Fails at once while Redis is away. */
  | 'prompt'
  /** Its questions wait for an answer as long as it takes. */
  | 'blocking'
  /** Keeps subscriptions through the loss of the connection. */
  | 'subscriber';

/** Not connected yet. Loaded only here, so that a broker without Redis has nothing of it. */
export async function createRedis(config: RedisConfig, use: RedisUse): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  const client = new Client(redisOptions(config, use));
  // Whoever uses it hears of failures from its questions and from `close`; without a listener they would be printed.
  client.on('error', () => undefined);
  return client;
}

export function redisOptions(config: RedisConfig, use: RedisUse): RedisOptions {
  const { host, port, db, isTls } = readRedisAddress(config.url);
  const { username, password } = redisLogin(config);
  return {
    host,
    port,
    db,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(isTls ? { tls: { rejectUnauthorized: config.verifyCertificate, ...(config.ca.trim() === '' ? {} : { ca: config.ca }) } } : {}),
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    keepAlive: 10_000,
    connectionName: 'mqtt-workbench',
    retryStrategy: (attempt) => Math.min(longestPauseMs, 50 * 2 ** Math.min(attempt, 10)),
    // A question on its way when the connection breaks is answered with the failure: who asked knows better what to do than to ask again.
    maxRetriesPerRequest: use === 'subscriber' ? null : 0,
    autoResendUnfulfilledCommands: use === 'subscriber',
    enableOfflineQueue: use === 'subscriber',
    ...(use === 'prompt' ? { commandTimeout: commandTimeoutMs } : {}),
  };
}

/** Opens it for good: it connects again by itself. Rejects with `connect-failed` when the first attempt fails, and ends it then. */
export async function openRedis(client: Redis, config: RedisConfig): Promise<void> {
  let last: unknown;
  const note = (error: unknown): void => void (last = error);
  client.on('error', note);
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw connectFailure(config, last ?? error);
  } finally {
    client.off('error', note);
  }
}

/** In words for a person, with what to do. */
function connectFailure(config: Pick<RedisConfig, 'url'>, error: unknown): CodedError {
  const at = shownRedisAddress(config.url);
  const why = describeRedisError(error);
  return new CodedError('connect-failed', `Redis at ${at} cannot be used: ${why.message}`, { advice: why.advice });
}

interface Words {
  readonly message: string;
  readonly advice?: string | undefined;
}

export function describeRedisError(error: unknown): Words {
  const { message = String(error), code } = (error ?? {}) as { readonly message?: string; readonly code?: string };
  switch (code) {
    case 'ECONNREFUSED':
      return { message: 'nothing listens there (connection refused).', advice: 'Start redis-server, or correct the address and port.' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { message: 'the name of the host is not known.', advice: 'Correct the host in the address.' };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { message: 'no answer came in time.', advice: 'Is the host reachable, and does a firewall let the port through?' };
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return { message: 'the other side does not speak TLS.', advice: 'Use redis:// instead of rediss://, or the TLS port of Redis.' };
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return { message: 'its certificate is signed by nobody who is trusted.', advice: 'Give the certificate of the authority (CA), or switch the check off.' };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return { message: 'its certificate is for another name.', advice: 'Use the name in the certificate as host.' };
    default:
  }
  if (/^(?:WRONGPASS|ERR invalid password|ERR AUTH)/.test(message)) return { message: 'user name or password are wrong.', advice: 'Correct them.' };
  if (message.startsWith('NOAUTH')) return { message: 'it asks for a password.', advice: 'Give the password.' };
  if (message.startsWith('NOPERM'))
    return { message: `the user may not do all that is needed (${message}).`, advice: 'Give the user all commands for the keys and channels of the prefix.' };
  if (message.startsWith('DENIED'))
    return { message: 'it is in protected mode and takes connections from its own machine only.', advice: 'Set a password in Redis.' };
  if (message.startsWith('LOADING')) return { message: 'it is reading its data and not ready yet.', advice: 'Try again in a moment.' };
  if (message.startsWith('OOM')) return { message: 'its memory is full (maxmemory).', advice: 'Give it more memory, or remove what is not needed.' };
  if (message.startsWith('READONLY')) return { message: 'it is a replica and takes no writes.', advice: 'Use the address of the primary.' };
  if (message.startsWith('MISCONF')) return { message: 'it cannot save to its disk and takes no writes.', advice: 'Look into the log of Redis.' };
  if (/DB index is out of range/.test(message)) return { message: 'it has no database of this number.', advice: 'Most have 0 to 15.' };
  if (message === 'Command timed out') return { message: 'no answer came in time.' };
  if (/Connection is closed|isn't writeable|max retries/i.test(message)) return { message: 'the connection was lost.' };
  return { message };
}
