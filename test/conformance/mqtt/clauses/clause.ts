import type { Duplex } from 'node:stream';
import { RawClient } from '../raw-client.ts';
import type { ConnectFields, Level, Property } from '../wire.ts';

/** Which broker a test needs; an engine that cannot be set up so is not asked. */
export type Profile =
  /** As it is by default. */
  | 'plain'
  /** See {@link limits}. */
  | 'limited'
  /** Lets in who is in {@link users} (by password, or SCRAM-SHA-256), and nobody may publish or subscribe to `denied/#`. */
  | 'guarded';

export const limits = {
  receiveMaximum: 4,
  topicAliasMaximum: 3,
  maximumPacketSize: 2048,
  /** The longest keep alive in seconds a client is left with (server keep alive). */
  maximumKeepAlive: 30,
  responseInformation: 'answers/',
} as const;

export const users: Readonly<Record<string, string>> = { alice: 'looking-glass' };
export const deniedFilter = 'denied/#';

/** The statement a test is about, by version. A version that is not named is not tested. */
type Versions = Readonly<Partial<Record<Level, string>>>;

export interface Clause {
  readonly title: string;
  readonly versions: Versions;
  readonly broker?: Profile;
  /** Too much work to be done over every transport. */
  readonly memoryOnly?: boolean;
  readonly run: (scene: Scene) => Promise<void>;
}

export type Options = Partial<ConnectFields> & {
  readonly level?: Level | undefined;
  /** Not among the properties, as every version has a word for it: the session outlives the connection. */
  readonly lasting?: boolean;
};

let scenes = 0;

/** What one test works with: clients of one version, with ids and topics that no other test uses. */
export class Scene {
  readonly level: Level;
  /** All the versions that the broker speaks. */
  readonly levels: readonly Level[];
  readonly #dial: () => Promise<Duplex>;
  readonly #clients: RawClient[] = [];
  readonly #name: string;
  readonly #patienceMs: number | undefined;
  #lastId = 0;

  /** `patienceMs`: how long clients wait for what they expect, where it is not as long as usual. */
  constructor(level: Level, levels: readonly Level[], dial: () => Promise<Duplex>, patienceMs?: number) {
    this.#patienceMs = patienceMs;
    this.level = level;
    this.levels = levels;
    this.#dial = dial;
    scenes += 1;
    this.#name = `t${scenes}x${process.pid}`;
  }

  /** A topic (or the beginning of a filter) of this test alone. */
  topic(rest = ''): string {
    return rest === '' ? this.#name : `${this.#name}/${rest}`;
  }

  clientId(): string {
    this.#lastId += 1;
    return `${this.#name}c${this.#lastId}`;
  }

  /** A connection without CONNECT yet. */
  async dial(level: Level = this.level): Promise<RawClient> {
    const client = new RawClient(await this.#dial(), level, this.#patienceMs);
    this.#clients.push(client);
    return client;
  }

  /** A connected client. */
  async connect({ level = this.level, ...options }: Options = {}): Promise<RawClient> {
    const client = await this.dial(level);
    await client.connect(this.fields({ level, ...options }));
    return client;
  }

  /** What CONNECT says, with what the options leave out. */
  fields({ level = this.level, lasting = false, ...fields }: Options = {}): ConnectFields {
    const expiry: readonly Property[] = lasting && level === 5 ? [['sessionExpiryInterval', 3600]] : [];
    return { clientId: this.clientId(), clean: !lasting, ...fields, properties: [...expiry, ...(fields.properties ?? [])] };
  }

  close(): void {
    for (const client of this.#clients) client.drop();
  }
}

/** Gives the broker time to pass on everything these clients sent, and to bring them what is for them. */
export async function settle(...clients: readonly RawClient[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const client of clients) {
      client.send(Buffer.from([0xc0, 0]));
      await client.waitFor('pingresp');
    }
  }
}

/** Nothing came to `client` for what `others` did. */
export async function expectSilence(client: RawClient, ...others: readonly RawClient[]): Promise<void> {
  await settle(...others, client);
  await client.expectNothing();
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: expected ${other}, got ${one}`);
}
