import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { createAedesEngine } from '../../../src/main/engine/broker/aedes/aedes-engine.ts';
import { BrokerCore, type BrokerCoreOptions } from '../../../src/main/engine/broker/core/broker-core.ts';
import { makeCredentials, usualIterations, type Credentials, type CredentialStore } from '../../../src/main/engine/broker/users/credentials.ts';
import { userHooks } from '../../../src/main/engine/broker/users/user-hooks.ts';
import { SqlitePersistence } from '../../../src/main/engine/broker/persistence/sqlite-persistence.ts';
import { hasMosquitto, startMosquitto } from './broker-process.ts';
import { aedesDifferences, type Differences } from './differences.ts';
import { SysTopics } from '../../../src/main/engine/broker/core/sys-topics.ts';
import { deniedFilter, limits, users, type Clause, type Profile } from './clauses/clause.ts';
import type { Level } from './wire.ts';

/** A broker that runs: one in this process takes streams, one of its own has a TCP port. */
export interface RunningBroker {
  readonly handle?: (stream: Duplex) => void;
  readonly port?: number;
  close(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  readonly levels: readonly Level[];
  /** How it can be set up; clauses that need it otherwise are not asked. */
  readonly profiles: readonly Profile[];
  /** A fresh broker. */
  start(profile: Profile): Promise<RunningBroker>;
  /** What it is known to do otherwise than its clause says. */
  readonly differences?: Differences;
}

const everyProfile: readonly Profile[] = ['plain', 'limited', 'guarded'];

/** Why this engine is known to fail a clause; `undefined`: it is not. */
export function differenceOf({ differences }: Engine, { title }: Clause, level: Level): string | undefined {
  const known = differences?.[title];
  return typeof known === 'string' ? known : known?.[level];
}

const memory = { transport: 'tcp', address: 'memory' } as const;

export const aedes: Engine = {
  name: 'aedes',
  levels: [3, 4],
  profiles: ['plain'],
  differences: aedesDifferences,
  async start() {
    const engine = await createAedesEngine({ nowUs: () => Date.now() * 1000 });
    return { handle: (stream) => engine.handle(stream, memory), close: () => engine.close() };
  },
};

/** Our own core. */
export const core: Engine = {
  name: 'workbench',
  levels: [3, 4, 5],
  profiles: everyProfile,
  async start(profile) {
    const broker = new BrokerCore({ nowUs: () => Date.now() * 1000, ...(await coreOptions(profile)) });
    new SysTopics(broker, 'conformance').start();
    return { handle: (stream) => broker.handle(stream, memory), close: () => broker.close() };
  },
};

/** The same, with everything that has to outlive it in a file: that may not change what clients see. */
export const coreWithFile: Engine = {
  ...core,
  name: 'workbench with a file',
  async start(profile) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'conformance-file-'));
    const persistence = new SqlitePersistence({ file: path.join(folder, 'broker.db') });
    const broker = new BrokerCore({ nowUs: () => Date.now() * 1000, ...(await coreOptions(profile)), persistence });
    await broker.restore();
    new SysTopics(broker, 'conformance').start();
    const close = async (): Promise<void> => {
      await broker.close();
      rmSync(folder, { recursive: true, force: true });
    };
    return { handle: (stream) => broker.handle(stream, memory), close };
  },
};

async function coreOptions(profile: Profile): Promise<Partial<BrokerCoreOptions>> {
  switch (profile) {
    case 'plain':
      return {};
    case 'limited':
      return {
        receiveMaximum: limits.receiveMaximum,
        topicAliasMaximum: limits.topicAliasMaximum,
        maximumPacketSize: limits.maximumPacketSize,
        maximumKeepAliveSeconds: limits.maximumKeepAlive,
        responseInformation: limits.responseInformation,
      };
    case 'guarded':
      return {
        hooks: {
          ...userHooks(await credentials()),
          authorizePublish: (_clientId, topic) => !isDenied(topic),
          authorizeSubscribe: (_clientId, { filter }) => !isDenied(filter),
        },
      };
  }
}

async function credentials(): Promise<CredentialStore> {
  const known = new Map<string, Credentials>();
  for (const [user, password] of Object.entries(users)) known.set(user, await makeCredentials(password));
  return { find: (user) => known.get(user) ?? null, mockSecret: randomBytes(32), mockIterations: usualIterations };
}

const isDenied = (topic: string): boolean => topic.startsWith(deniedFilter.slice(0, -1));

const mosquittoLines: Readonly<Record<Profile, readonly string[]>> = {
  plain: ['allow_anonymous true', 'max_inflight_messages 20'],
  limited: [
    'allow_anonymous true',
    `max_inflight_messages ${limits.receiveMaximum}`,
    `max_packet_size ${limits.maximumPacketSize}`,
    `max_keepalive ${limits.maximumKeepAlive}`,
  ],
  guarded: ['allow_anonymous false', 'password_file {folder}/passwords', 'acl_file {folder}/acl'],
};

/** Not part of `npm test`: the tests themselves were tried against it, being the work of others. */
export const mosquitto: Engine = {
  name: 'mosquitto',
  levels: [3, 4, 5],
  profiles: everyProfile,
  async start(profile) {
    if (!hasMosquitto()) throw new Error('mosquitto is not installed.');
    const passwords = Object.entries(users).map(([user, password]) => passwordLine(user, password));
    const acl = `topic readwrite #\nuser alice\ntopic readwrite #\ntopic deny ${deniedFilter}\n`;
    const broker = await startMosquitto(mosquittoLines[profile], { passwords: passwords.join(''), acl });
    return { port: broker.port, close: () => broker.stop() };
  },
};

/** As `mosquitto_passwd` writes it: PBKDF2 with SHA-512. */
function passwordLine(user: string, password: string): string {
  const [salt, iterations] = [randomBytes(12), 101];
  return `${user}:$7$${iterations}$${salt.toString('base64')}$${pbkdf2Sync(password, salt, iterations, 64, 'sha512').toString('base64')}\n`;
}
