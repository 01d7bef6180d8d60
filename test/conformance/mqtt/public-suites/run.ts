// Public suites from checkouts named in the environment, against one of our engines or against mosquitto:
//   MOSQUITTO_DIR=… node test/conformance/mqtt/public-suites/run.ts mosquitto --engine core
//   PAHO_DIR=…      node test/conformance/mqtt/public-suites/run.ts paho --engine core
// Both: --only TEXT (names that contain it), --json FILE, --parallel N. Exit code 0 when every failure is explained.
import { engineNames, type EngineName } from './brokers.ts';
import { readSuiteOptions } from './explained.ts';
import { runMosquittoSuite } from './mosquitto-suite.ts';
import { runPahoSuite } from './paho-suite.ts';

const suites = { mosquitto: runMosquittoSuite, paho: runPahoSuite };

const [name = '', ...args] = process.argv.slice(2);
const suite = name in suites ? suites[name as keyof typeof suites] : undefined;
const options = readSuiteOptions(name, args);
if (!suite || !engineNames.includes(options.engine as EngineName)) {
  console.error(`Usage: run.ts ${Object.keys(suites).join('|')} --engine ${engineNames.join('|')} [--only TEXT] [--json FILE] [--parallel N]`);
  process.exitCode = 2;
} else process.exitCode = await suite(options);
