import type { Redis } from 'ioredis';
import { adoptScript, beatScript, claimScript, commitScript, groupsScript, joinScript, leaveScript, loadScript } from './lua.ts';

const scripts = {
  mqttJoin: joinScript,
  mqttBeat: beatScript,
  mqttGroups: groupsScript,
  mqttCommit: commitScript,
  mqttClaim: claimScript,
  mqttLoad: loadScript,
  mqttAdopt: adoptScript,
  mqttLeave: leaveScript,
} as const;

type Argument = string | number | Buffer;
type Run = (...args: Argument[]) => Promise<unknown>;

export type ScriptName = keyof typeof scripts;
/** What a script found of this broker: it takes part, was taken for dead, or the data are others than before. */
export type Standing = 'ok' | 'fenced' | 'other';

/** Runs the scripts on one connection. Redis keeps them by their hash; a Redis that has forgotten them is sent them again. */
export class RedisScripts {
  readonly #prefix: string;
  readonly #run: Readonly<Record<string, Run>>;

  constructor(client: Redis, prefix: string) {
    this.#prefix = prefix;
    for (const [name, lua] of Object.entries(scripts)) client.defineCommand(name, { numberOfKeys: 0, lua });
    this.#run = client as unknown as Record<string, Run>;
  }

  /** Texts in the answer are texts. */
  call(name: ScriptName, ...args: Argument[]): Promise<unknown> {
    return (this.#run[name] as Run)(this.#prefix, ...args);
  }

  /** Texts in the answer are bytes. */
  callBuffer(name: ScriptName, ...args: Argument[]): Promise<unknown> {
    return (this.#run[`${name}Buffer`] as Run)(this.#prefix, ...args);
  }
}
