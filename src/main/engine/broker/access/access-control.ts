import { timingSafeEqual } from 'node:crypto';
import type { AccessVerdict } from '../../../../shared/broker/access/access-rules.ts';
import { openAccess, type BrokerUser } from '../../../../shared/contract/broker-access.ts';
import type { ConnectPacket, SubscriptionRequest } from '../../../../shared/mqtt/packet/packets.ts';
import { matchesFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { saslPrep } from '../../sasl-prep.ts';
import type { ConnectionInfo, Refusal } from '../broker-engine.ts';
import type { AuthExchange, ConnectedClient, ConnectVerdict, CoreHooks } from '../core/hooks.ts';
import type { CredentialStore } from '../users/credentials.ts';
import { scramMethod, ScramExchange } from '../users/scram.ts';
import { parseUsers } from '../users/users-file.ts';
import type { AccessConfig } from './access-config.ts';
import { ClientRights } from './client-rights.ts';
import { PasswordCheck, preparedPassword } from './password-check.ts';
import { RecentPublishes } from './recent-publishes.ts';

/** What rules and users act upon. */
export interface AccessHost {
  /** Of every session, connected or not. */
  subscriptions(): Iterable<{ readonly clientId: string; readonly filter: string }>;
  /** The client may not be here any more. */
  end(clientId: string, reason: string): void;
  denied(refusal: Refusal): void;
}

/** What is known of the client of a session, from its last CONNECT on. */
export interface KnownClient {
  readonly username: string | null;
  readonly info: ConnectionInfo;
  /** Who has proved its password; `own`: the workbench itself; `certificate`: a certificate says who it is; `null`: nobody was asked. */
  readonly proved: BrokerUser | 'own' | 'certificate' | null;
  connected: boolean;
  rights: ClientRights | null;
  /** Subscriptions that were refused last. */
  readonly refused: Set<string>;
}

const mostPublishes = 1000;
const mostRefused = 20;
/** Clients whose refused subscriptions a traced message is compared with. */
const mostCompared = 200;

/** Users and rules of the local broker; they may change while it runs. */
export class AccessControl implements CoreHooks {
  readonly clients = new Map<string, KnownClient>();
  readonly recent = new RecentPublishes(mostPublishes);
  readonly #check = new PasswordCheck();
  readonly #proved = new WeakMap<ConnectionInfo, BrokerUser | 'own'>();
  /** Those of `clients` that have been refused something. */
  readonly #refusing = new Map<string, KnownClient>();
  #config: AccessConfig;
  #users = new Map<string, BrokerUser>();
  #scram: CredentialStore | null = null;
  #restricts = false;
  #host: AccessHost | null = null;

  readonly #logins: Pick<CoreHooks, 'authenticate' | 'beginAuthentication'> | null;

  /** `logins`: who asks for passwords, in place of the users and the login of the configuration. */
  constructor(config: AccessConfig, logins: Pick<CoreHooks, 'authenticate' | 'beginAuthentication'> | null = null) {
    this.#config = config;
    this.#logins = logins;
    this.change(config);
  }

  get settings(): AccessConfig['settings'] {
    return this.#config.settings;
  }

  get host(): AccessHost | null {
    return this.#host;
  }

  attach(host: AccessHost): void {
    this.#host = host;
  }

  /** In use at once; who would not get in any more has to go. */
  change(config: AccessConfig): void {
    this.#config = config;
    const { rules, otherwise } = config.settings;
    this.#restricts = rules.length > 0 || otherwise === 'deny';
    const before = this.#users;
    // A user that is the same stays the same object: what is remembered of it goes on.
    this.#users = new Map(config.users.map((user) => [user.name, sameUser(before.get(user.name), user)]));
    this.#scram = null;
    for (const [clientId, client] of this.clients) {
      client.rights = null;
      if (client.connected && !this.mayStay(client, this.settings))
        this.#host?.end(clientId, 'This client may not be connected any more: users or login were changed.');
    }
  }

  readonly isOwn = ({ username, password }: ConnectPacket): boolean => {
    const { own } = this.#config;
    return username === own.username && password !== null && isSame(password, own.password);
  };

  /** For faults, which spare the workbench's own clients. */
  readonly own = { proves: this.isOwn, has: (clientId: string): boolean => this.clients.get(clientId)?.proved === 'own' } as const;

  readonly authenticate = (connect: ConnectPacket, info: ConnectionInfo): ConnectVerdict | Promise<ConnectVerdict> => {
    const { username, password } = connect;
    const { settings } = this;
    if (this.isOwn(connect)) {
      this.#proved.set(info, 'own');
      return 'welcome';
    }
    if (this.#logins !== null) return this.#logins.authenticate?.(connect, info) ?? 'welcome';
    if (settings.login === 'anybody' || typeof info.certificateUser === 'string') return 'welcome';
    if (username === null || username === '') return settings.anonymous ? 'welcome' : 'not-authorised';
    return password === null ? 'bad-credentials' : this.#checkPassword(username, password, info);
  };

  readonly beginAuthentication = (method: string, info: ConnectionInfo): AuthExchange | null => {
    if (this.#logins !== null) return this.#logins.beginAuthentication?.(method, info) ?? null;
    if (method !== scramMethod || this.settings.login === 'anybody') return null;
    const withKeys = [...this.#users.values()].flatMap(({ name, scram }) => (scram === undefined ? [] : [`${name}:${scram}`]));
    return new ScramExchange((this.#scram ??= parseUsers(withKeys.join('\n'), 'users')));
  };

  readonly authorizeWill = (client: Pick<ConnectedClient, 'clientId' | 'username' | 'info'>, topic: string): boolean => {
    if (!this.#restricts) return true;
    const known = this.#known(client);
    return known.proved === 'own' || this.#rights(client.clientId, known).mayPublish(topic);
  };

  readonly authorizePublish = (clientId: string, topic: string): boolean => {
    this.recent.add(clientId, topic);
    if (!this.#restricts) return true;
    const client = this.clients.get(clientId);
    // It was let in when the broker ran before; its rules are asked again when it comes back.
    if (client === undefined || client.proved === 'own') return true;
    const rights = this.#rights(clientId, client);
    if (rights.mayPublish(topic)) return true;
    this.#tell(clientId, client, 'publish', topic, rights.access.publish(topic));
    return false;
  };

  readonly authorizeSubscribe = (clientId: string, { filter }: SubscriptionRequest): boolean => {
    const client = this.clients.get(clientId);
    if (!this.#restricts || client === undefined || client.proved === 'own') return true;
    const verdict = this.#rights(clientId, client).access.subscribe(filter);
    client.refused.delete(filter);
    if (verdict.allowed) return true;
    client.refused.add(filter);
    this.#refusing.set(clientId, client);
    for (const oldest of client.refused) {
      if (client.refused.size <= mostRefused) break;
      client.refused.delete(oldest);
    }
    this.#tell(clientId, client, 'subscribe', filter, verdict);
    return false;
  };

  /** The rules may have become stricter since the subscription was granted. */
  get authorizeDeliver(): ((clientId: string, topic: string) => boolean) | undefined {
    return this.#restricts ? this.#mayReceive : undefined;
  }

  readonly #mayReceive = (clientId: string, topic: string): boolean => {
    const client = this.clients.get(clientId);
    return client === undefined || client.proved === 'own' || this.#rights(clientId, client).mayReceive(topic);
  };

  readonly refusedSubscribers = (topic: string): { clientId: string; filter: string }[] => {
    const found: { clientId: string; filter: string }[] = [];
    let compared = 0;
    for (const [clientId, { refused }] of this.#refusing) {
      const filter = [...refused].find((one) => matchesFilter(one, topic));
      if (filter !== undefined) found.push({ clientId, filter });
      compared += 1;
      if (compared === mostCompared) break;
    }
    return found;
  };

  readonly connected = (client: ConnectedClient): void => {
    this.clients.set(client.clientId, this.#known(client));
  };

  readonly disconnected = ({ clientId }: ConnectedClient): void => {
    const client = this.clients.get(clientId);
    this.#refusing.delete(clientId);
    if (client !== undefined) client.connected = false;
  };

  readonly sessionEnded = (clientId: string): void => {
    this.clients.delete(clientId);
  };

  #known({ username, info }: Pick<ConnectedClient, 'username' | 'info'>): KnownClient {
    let proved: KnownClient['proved'] = this.#proved.get(info) ?? null;
    if (proved === null && typeof info.certificateUser === 'string') proved = 'certificate';
    else if (proved === null && this.settings.login === 'users' && username !== null) proved = this.#users.get(username) ?? null;
    // A password was asked for under the one form of the name in which names are compared.
    const asked = this.#logins !== null && proved === null && username !== null ? (saslPrep(username) ?? username) : username;
    const name = proved === null || typeof proved === 'string' ? asked : proved.name;
    return { username: name === '' ? null : name, info, proved, connected: true, rights: null, refused: new Set() };
  }

  #rights(clientId: string, client: KnownClient): ClientRights {
    return (client.rights ??= new ClientRights(this.#config.settings, { clientId, username: client.username }));
  }

  async #checkPassword(username: string, password: Uint8Array, info: ConnectionInfo): Promise<ConnectVerdict> {
    const name = saslPrep(username);
    const user = name === null ? undefined : this.#users.get(name);
    if (!(await this.#check.isRight(user, preparedPassword(password))) || user === undefined) return 'bad-credentials';
    // It may have been changed meanwhile.
    if (this.#users.get(user.name) !== user) return 'bad-credentials';
    this.#proved.set(info, user);
    return 'welcome';
  }

  mayStay({ proved, username }: KnownClient, { login, anonymous }: Pick<AccessConfig['settings'], 'login' | 'anonymous'>): boolean {
    if (proved === 'own' || proved === 'certificate' || login === 'anybody') return true;
    return proved === null ? username === null && anonymous : this.#users.get(proved.name) === proved;
  }

  #tell(clientId: string, { info }: KnownClient, action: 'publish' | 'subscribe', topic: string, { rule }: AccessVerdict): void {
    const { transport, address, listener } = info;
    const why = rule === null ? 'no rule allows it' : `rule ${rule + 1}`;
    const reason = action === 'publish' ? `May not publish to “${topic}”: ${why}.` : `May not subscribe to “${topic}”: ${why}.`;
    this.#host?.denied({ clientId, transport, address, ...(listener === undefined ? {} : { listener }), reason, denied: { action, topic } });
  }
}

/** Everything is allowed to everybody, but for the brokers that are told otherwise. */
export function openAccessConfig(): AccessConfig {
  return { settings: openAccess, users: [], own: { username: '', password: '' } };
}

function sameUser(before: BrokerUser | undefined, now: BrokerUser): BrokerUser {
  return before !== undefined && before.hash === now.hash && before.scram === now.scram ? before : now;
}

function isSame(given: Uint8Array, wanted: string): boolean {
  const bytes = Buffer.from(wanted, 'utf8');
  return bytes.length > 0 && given.length === bytes.length && timingSafeEqual(given, bytes);
}
