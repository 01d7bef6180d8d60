import { expect, test } from 'vitest';
import { connectionProfileSchema, connectionSecretsSchema } from '../../contract/connection-profile.ts';
import { newProfile, newSubscription } from '../new-profile.ts';
import { exportConnections, importConnections, type TransferFormat } from './index.ts';
import { transferFormats } from './transfer-types.ts';

const formats = transferFormats;
const seeds = formats.map(
  (format) =>
    exportConnections(
      [
        {
          profile: newProfile('a', { name: 'n', uri: 'wss://h/p', clientId: 'c', username: 'u', subscriptions: [newSubscription('a/#')] }),
          secrets: { password: 'p' },
        },
      ].map((one) => (format === 'mqttxx' ? { ...one, profile: { ...one.profile, uri: 'mqtts://h' } } : one)),
      format,
    ).text,
);
const bits = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\n',
  '- ',
  '&a',
  '*a',
  '!!binary ',
  '? ',
  '1e999',
  '-1',
  'null',
  'true',
  '\0',
  '\ud800',
  '%',
  '%zz',
  '://',
  '@',
  '{{x}}',
  '__proto__',
  '99999999999',
  "'",
  '#',
  '|\n',
  '<<: ',
];

/** Marsaglia's xorshift: the same inputs each time. */
function numbers(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function mutate(text: string, random: (below: number) => number): string {
  let result = text;
  for (let times = 1 + random(4); times > 0; times -= 1) {
    const at = random(result.length + 1);
    const kind = random(4);
    const bit = bits[random(bits.length)] ?? '';
    if (kind === 0) result = result.slice(0, at) + result.slice(at + 1 + random(12));
    else if (kind === 1) result = result.slice(0, at) + bit + result.slice(at);
    else if (kind === 2) result = result.slice(0, at) + bit + result.slice(at + bit.length);
    else result = result.slice(0, at) + result.slice(random(result.length + 1)).slice(0, 40) + result.slice(at);
  }
  return result;
}

/** Replaces values at random places of a parsed file by ones of other types. */
function scramble(value: unknown, random: (below: number) => number): unknown {
  const others = [null, true, -1, 1.5, 1e300, '', 'x', '\ud800', [], {}, [[]], [null, 3], { a: { a: [] } }, 'x'.repeat(3000)];
  if (random(14) === 0) return others[random(others.length)];
  if (Array.isArray(value)) return value.map((one: unknown) => scramble(one, random));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [random(60) === 0 ? '__proto__' : key, scramble(one, random)]));
}

function check(text: string, format: TransferFormat | undefined): void {
  const result = importConnections(text, format);
  expect(result.connections.length > 0).toBe(result.problem === null);
  for (const { profile, secrets } of result.connections) {
    const parsed = connectionProfileSchema.safeParse(profile);
    if (!parsed.success || !connectionSecretsSchema.safeParse(secrets).success)
      throw new Error(`${format ?? '?'}: ${text}\n${parsed.error?.message ?? 'secrets'}`);
  }
}

test('100,000 damaged texts are answered, and what is read keeps the rules of a profile', { timeout: 300_000 }, () => {
  const random = numbers(20_261);
  let count = 0;
  for (let round = 0; round < 8000; round += 1)
    for (const [at, seed] of seeds.entries()) {
      check(mutate(seed, random), formats[at]);
      count += 1;
    }
  const parsed = seeds.map((seed, at) =>
    at === 0 || at === 3 ? { uri: 'mqtt://h', will: { topic: 'a', message: 'b', qos: 1 }, topics: { a: { qos: 1 } } } : (JSON.parse(seed) as unknown),
  );
  for (let round = 0; round < 12_000; round += 1)
    for (const [at, value] of parsed.entries()) {
      check(JSON.stringify(scramble(value, random)), at === 0 ? undefined : formats[at]);
      count += 1;
    }
  expect(count).toBeGreaterThanOrEqual(100_000);
});
