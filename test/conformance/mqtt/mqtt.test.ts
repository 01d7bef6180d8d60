import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chapters } from './clauses/index.ts';
import { Scene, type Clause, type Profile } from './clauses/clause.ts';
import { differencesPage } from './differences-page.ts';
import { aedes, core, coreWithFile, differenceOf, mosquitto, type Engine, type RunningBroker } from './engines.ts';
import { layRoad, type Road, type TransportName } from './transports.ts';
import { versionNames, type Level } from './wire.ts';

const engines: readonly Engine[] = [core, aedes];

/** CONFORMANCE_ENGINE=mosquitto asks the independent peer instead: what it fails too may be a fault of the test. */
const chosen = process.env['CONFORMANCE_ENGINE'] === mosquitto.name ? [mosquitto] : [...engines, coreWithFile];

// Most of the time goes by in waiting for timers of the broker.
vi.setConfig({ maxConcurrency: 100, testTimeout: 60_000 });

/** What does not come from a broker that is known to differ is not waited for as long. */
const missingMs = 4000;

for (const engine of chosen) {
  const transports: readonly TransportName[] = engine === mosquitto ? ['tcp'] : engine === coreWithFile ? ['memory'] : ['memory', 'tcp', 'tls', 'ws'];
  describe.concurrent.each(transports)(`${engine.name} over %s`, (transport) => {
    const roads = new Map<Profile, Road>();
    const brokers: RunningBroker[] = [];
    beforeAll(async () => {
      for (const profile of engine.profiles) {
        const broker = await engine.start(profile);
        brokers.push(broker);
        roads.set(profile, await layRoad(transport, broker));
      }
    });
    afterAll(async () => {
      for (const broker of brokers) await broker.close();
      for (const road of roads.values()) await road.close();
    });

    for (const [chapter, clauses] of Object.entries(chapters)) {
      const asked = clauses.filter((clause) => isAsked(engine, clause, transport));
      if (asked.length === 0) continue;
      describe.concurrent(chapter, () => {
        for (const clause of asked) register(engine, clause, roads);
      });
    }
  });
}

describe('the table of differences', () => {
  const clauses = Object.values(chapters).flat();

  it('names clauses that exist, by titles that stand for one clause each', () => {
    const titles = clauses.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const { differences = {} } of engines) expect(titles).toEqual(expect.arrayContaining(Object.keys(differences)));
  });

  // Written anew by `vitest run -u`.
  it('is what docs/mqtt-differences.md shows', async () => {
    await expect(differencesPage(engines, chapters)).toMatchFileSnapshot('../../../docs/mqtt-differences.md');
  });
});

function isAsked(engine: Engine, { broker = 'plain', memoryOnly = false, versions }: Clause, transport: TransportName): boolean {
  return engine.profiles.includes(broker) && (!memoryOnly || transport === 'memory') && engine.levels.some((level) => versions[level] !== undefined);
}

function register(engine: Engine, clause: Clause, roads: ReadonlyMap<Profile, Road>): void {
  for (const level of engine.levels) if (clause.versions[level] !== undefined) registerVersion(engine, clause, level, roads);
}

function registerVersion(engine: Engine, clause: Clause, level: Level, roads: ReadonlyMap<Profile, Road>): void {
  const difference = differenceOf(engine, clause, level);
  const name = `[${clause.versions[level]}] ${clause.title} (MQTT ${versionNames[level]})${difference === undefined ? '' : ` – differs: ${difference}`}`;
  // A test of a known difference has to fail: when it passes, the difference is gone and its entry has to go.
  const run = difference === undefined ? it : it.fails;
  run(name, async () => {
    const road = roads.get(clause.broker ?? 'plain');
    if (!road) throw new Error(`${engine.name} was not set up as "${clause.broker}".`);
    const scene = new Scene(level, engine.levels, () => road.dial(), difference === undefined ? undefined : missingMs);
    try {
      await clause.run(scene);
    } finally {
      scene.close();
    }
  });
}
