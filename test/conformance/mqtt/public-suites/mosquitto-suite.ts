import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BrokerProcess } from '../broker-process.ts';
import { startBroker, type EngineName } from './brokers.ts';
import { checkFailures, readExplanations, reportChecked, type SuiteOptions } from './explained.ts';
import { readCaseFiles, type CaseFile } from './packet-cases.ts';
import { runCase, type CaseResult } from './run-case.ts';

interface Outcome {
  readonly results: readonly CaseResult[];
  readonly crashes: readonly string[];
}

/**
 * mosquitto's packet cases. The cases of one file run one after the other against one broker, as their authors run them (some
 * need what the one before left); files run beside each other, each with its own broker.
 */
export async function runMosquittoSuite(options: SuiteOptions): Promise<number> {
  const folder = process.env['MOSQUITTO_DIR'];
  if (folder === undefined) throw new Error('MOSQUITTO_DIR has to name a checkout of eclipse-mosquitto/mosquitto.');
  const engine = options.engine as EngineName;
  const files = readCaseFiles(folder)
    .map(({ name, cases }) => ({ name, cases: cases.filter(({ key }) => key.includes(options.only)) }))
    .filter(({ cases }) => cases.length > 0);
  const { results, crashes } = await runFiles(files, engine, options.parallel ?? 8);

  printFailures(results);
  for (const key of crashes) console.log(`the broker died at: ${key}`);
  for (const [title, versions] of [
    ['MQTT 3.x', [3, 4]],
    ['MQTT 5', [5]],
  ] as const) {
    const of = results.filter(({ version }) => (versions as readonly number[]).includes(version));
    const count = (verdict: string): number => of.filter((result) => result.verdict === verdict).length;
    console.log(`${title}: ${of.length} cases, ${count('strict')} strict, ${count('loose')} loose, ${count('failed')} failed`);
  }
  const failures = results.filter(({ verdict }) => verdict === 'failed').map(({ key }) => key);
  const checked = checkFailures(failures, readExplanations('mosquitto-explained.json', engine));
  mkdirSync(path.dirname(options.json), { recursive: true });
  writeFileSync(options.json, `${JSON.stringify({ suite: 'mosquitto', engine, crashes, results }, null, 1)}\n`);
  console.log(`results: ${options.json}`);
  return reportChecked(checked, options.only === '') === 0 && crashes.length === 0 ? 0 : 1;
}

async function runFiles(files: readonly CaseFile[], engine: EngineName, lanes: number): Promise<Outcome> {
  // The longest first, so that no lane ends long after the others.
  const waiting = files.toSorted((one, other) => other.cases.length - one.cases.length);
  const outcomes = new Map<string, Outcome>();
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift()) outcomes.set(file.name, await runFile(file, engine));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const ordered = files.map(({ name }) => outcomes.get(name) as Outcome);
  return { results: ordered.flatMap(({ results }) => results), crashes: ordered.flatMap(({ crashes }) => crashes) };
}

async function runFile({ cases }: CaseFile, engine: EngineName): Promise<Outcome> {
  const results: CaseResult[] = [];
  const crashes: string[] = [];
  let broker: BrokerProcess = await startBroker(engine);
  for (const one of cases) {
    const result = await runCase(broker.port, one);
    results.push(result);
    if (broker.alive) continue;
    crashes.push(one.key);
    await broker.stop();
    broker = await startBroker(engine);
  }
  await broker.stop();
  return { results, crashes };
}

function printFailures(results: readonly CaseResult[]): void {
  const failed = results.filter(({ verdict }) => verdict === 'failed');
  const groups = Map.groupBy(failed, ({ key }) => key.slice(0, key.indexOf('/')));
  for (const [group, list] of groups) {
    console.log(`\n${group}`);
    for (const { key, reason, expected, received } of list) {
      console.log(`  ${key.slice(group.length + 1)}: ${reason}`);
      console.log(`    expected ${expected.join(' ') || 'nothing'}`);
      console.log(`    received ${received.join(' ') || 'nothing'}`);
    }
  }
  if (failed.length > 0) console.log();
}
