import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { varint, two } from '../wire.ts';

/** mosquitto's packet cases, as its own runner (test/broker/msg_sequence_test.py) understands them. */

export type Step =
  | { readonly kind: 'send' | 'receive'; readonly bytes: Buffer }
  | { readonly kind: 'publish'; readonly topic: string; readonly qos: number; readonly retain: boolean; readonly payload: string };

export interface PacketCase {
  /** `group/name`, single-spaced; `#2` and so on after a name that its group has already. */
  readonly key: string;
  readonly version: number;
  /** Whether CONNECT and CONNACK come first. */
  readonly connect: boolean;
  readonly endsClosed: boolean;
  readonly steps: readonly Step[];
}

interface CaseFields {
  readonly ver?: number;
  readonly connect?: boolean;
  readonly expect_disconnect?: boolean;
}

interface Message {
  readonly type: string;
  readonly payload: string;
  readonly topic?: string;
  readonly qos?: number;
  readonly retain?: boolean;
}

interface Group extends CaseFields {
  readonly group: string;
  readonly disable?: boolean;
  readonly tests: readonly (CaseFields & { readonly name: string; readonly msgs: readonly Message[] })[];
}

export interface CaseFile {
  readonly name: string;
  readonly cases: readonly PacketCase[];
}

export function readCaseFiles(mosquittoFolder: string): readonly CaseFile[] {
  const folder = path.join(mosquittoFolder, 'test', 'broker', 'data');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => ({ name, cases: readCases(readFileSync(path.join(folder, name), 'utf8')) }));
}

export function readCases(json: string): readonly PacketCase[] {
  const used = new Map<string, number>();
  return (JSON.parse(json) as readonly Group[])
    .filter((group) => group.disable !== true)
    .flatMap((group) =>
      group.tests.map((test) => {
        const name = `${group.group}/${test.name}`.replaceAll(/\s+/g, ' ').trim();
        const count = (used.get(name) ?? 0) + 1;
        used.set(name, count);
        return {
          key: count === 1 ? name : `${name} #${count}`,
          version: test.ver ?? group.ver ?? 4,
          connect: test.connect ?? group.connect ?? true,
          endsClosed: test.expect_disconnect ?? group.expect_disconnect ?? true,
          steps: test.msgs.map(readStep),
        };
      }),
    );
}

function readStep({ type, payload, topic = '', qos = 0, retain = false }: Message): Step {
  switch (type) {
    case 'send':
      return { kind: 'send', bytes: parseBytes(payload) };
    case 'recv':
      return { kind: 'receive', bytes: parseBytes(payload) };
    case 'external_publish':
      return { kind: 'publish', topic, qos, retain, payload };
    default:
      throw new Error(`An unknown kind of step: ${type}`);
  }
}

/**
 * Parts between spaces: `'text'`, `i` and a number (one byte), `H`, `k`, `m` or `s` and a number (two bytes), `L` and a number
 * (four), `v` or `r` and a number (variable byte integer, too large ones included), anything else hexadecimal.
 */
export function parseBytes(notation: string): Buffer {
  const parts: Buffer[] = [];
  for (const [word] of notation.matchAll(/'[^']*'|\S+/g)) parts.push(parsePart(word));
  return Buffer.concat(parts);
}

function parsePart(word: string): Buffer {
  if (word.startsWith("'")) return Buffer.from(word.slice(1, -1));
  const value = Number(word.slice(1));
  switch (word[0]) {
    case 'i':
      return Buffer.from([value]);
    case 'H':
    case 'k':
    case 'm':
    case 's':
      return two(value);
    case 'L':
      return Buffer.concat([two(value >>> 16), two(value)]);
    case 'v':
    case 'r':
      return varint(value);
    default:
      if (!/^(?:[0-9A-Fa-f]{2})+$/.test(word)) throw new Error(`Neither hexadecimal nor anything else that is known: ${word}`);
      return Buffer.from(word, 'hex');
  }
}
