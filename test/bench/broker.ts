import { loadavg } from 'node:os';
import { atExit, exitOnSignals } from './broker/at-exit.ts';
import { findMosquitto } from './broker/brokers/mosquitto.ts';
import { brokerNames, type BrokerName } from './broker/brokers/running-broker.ts';
import { startBroker, type StartOptions } from './broker/brokers/start-broker.ts';
import { costReport, costs, costScenarios } from './broker/costs.ts';
import type { MeasuredRow } from './broker/judge.ts';
import { progressLine, report } from './broker/report.ts';
import { connectionScenarios } from './broker/rows/connections.ts';
import { latencyScenarios } from './broker/rows/latency.ts';
import { retainedScenario } from './broker/rows/retained.ts';
import type { Sample, Scenario, Times } from './broker/rows/scenario.ts';
import { throughputScenarios } from './broker/rows/throughput.ts';
import { wildcardScenarios } from './broker/rows/wildcards.ts';

export interface BrokerBenchOptions {
  /** Once, in short: shows that everything works, and roughly how fast. */
  readonly quick: boolean;
  readonly repetitions: number;
  /** Parts of names of rows; none: all rows. */
  readonly rows: readonly string[];
  /** Parts of names of brokers; none: all brokers. */
  readonly brokers: readonly string[];
  /** Where processor profiles go; `null`: none are made. */
  readonly profileFolder: string | null;
}

const thorough: Times = { warmUpMs: 1000, windowMs: 1000, scale: 1 };
/** As `--row` for what features cost alone. */
const costRow = 'cost';
const short: Times = { warmUpMs: 600, windowMs: 600, scale: 0.1 };

/** Our broker beside mosquitto and plain aedes, in turns, each measurement with a fresh one. Prints its own table. */
export async function benchBroker({ quick, repetitions, rows, brokers, profileFolder }: BrokerBenchOptions): Promise<void> {
  exitOnSignals();
  const mosquitto = findMosquitto();
  const options: StartOptions = { mosquitto, profileFolder };
  const names = brokerNames.filter((name) => (name !== 'mosquitto' || mosquitto !== null) && isWanted(name, brokers, brokerNames));
  const withCosts = brokers.length === 0 && (rows.length === 0 || rows.includes(costRow));
  const scenarios = allScenarios().filter((scenario) => scenario.rows.some(({ name }) => isWanted(name, rows)));
  if (names.length === 0 || (scenarios.length === 0 && !withCosts)) throw new Error('No row or no broker has such a name.');
  const times = quick ? short : thorough;
  console.log(mosquitto ? `  mosquitto ${mosquitto.version} (${mosquitto.file})` : '  mosquitto is not installed: there is nothing to compare with');
  console.log(`  ${repetitions} repetitions, warm-up ${times.warmUpMs} ms, window ${times.windowMs} ms; sets of ${times.scale * 100} %`);
  console.log(
    `  load of the machine before: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')} (1, 5 and 15 minutes)\n`,
  );

  const measured: MeasuredRow[] = [];
  const printTable = (): void => {
    if (measured.length > 0) console.log(`\n${report(measured, names)}`);
  };
  // A run that is broken off has not been for nothing.
  const off = atExit(printTable);
  for (const scenario of scenarios) measured.push(...(await measure(scenario, names, repetitions, times, options)));
  off();
  printTable();
  if (withCosts) await benchCosts(repetitions, times, options);
}

/** What features of our broker cost, beside the core without them. */
async function benchCosts(repetitions: number, times: Times, options: StartOptions): Promise<void> {
  const names = [...new Set(costs.flatMap(({ name, to }) => [to, name]))];
  const measured: MeasuredRow[] = [];
  for (const scenario of costScenarios()) measured.push(...(await measure(scenario, names, repetitions, times, options)));
  console.log(`\n${costReport(measured)}`);
}

function allScenarios(): readonly Scenario[] {
  return [...throughputScenarios(), ...wildcardScenarios(), retainedScenario(), ...connectionScenarios(), ...latencyScenarios()];
}

/** A part that is a whole name means nothing but that. */
function isWanted(name: string, parts: readonly string[], wholes: readonly string[] = []): boolean {
  return parts.length === 0 || parts.some((part) => (wholes.includes(part) ? name === part : name.includes(part)));
}

async function measure(scenario: Scenario, names: readonly BrokerName[], repetitions: number, times: Times, options: StartOptions): Promise<MeasuredRow[]> {
  const byRow = scenario.rows.map((row) => ({ row, samples: new Map(names.map((name): [BrokerName, Sample[]] => [name, []])) }));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    // Whoever comes first in one repetition comes last in the next: a neighbour on the machine hits all alike.
    const turn = names.map((_, index) => names[(index + repetition) % names.length] as BrokerName);
    for (const name of turn) {
      const broker = await startBroker(name, options);
      try {
        const samples = await scenario.run(broker, times);
        for (const [index, { row, samples: kept }] of byRow.entries()) {
          const sample = samples[index] as Sample;
          kept.get(name)?.push(sample);
          console.log(progressLine(name, row, sample.value, sample.brokerShare));
        }
      } finally {
        await broker.close();
      }
    }
  }
  return byRow;
}
