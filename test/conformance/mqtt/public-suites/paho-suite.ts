import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startBroker, type EngineName } from './brokers.ts';
import { checkFailures, readExplanations, reportChecked, type SuiteOptions } from './explained.ts';

interface PahoTest {
  readonly module: 'client_test' | 'client_test5';
  readonly name: string;
}

interface PahoResult extends PahoTest {
  readonly passed: boolean;
  readonly hung: boolean;
  readonly seconds: number;
  /** The last lines of what it printed. */
  readonly output: string;
}

const titles: Readonly<Record<PahoTest['module'], string>> = { client_test: 'MQTT 3.1.1', client_test5: 'MQTT 5' };
const limitMs = 90_000;

/** Paho's interoperability tests, each in a process of its own against a broker started for it. Several run beside each other; they mostly sleep. */
export async function runPahoSuite(options: SuiteOptions): Promise<number> {
  const root = process.env['PAHO_DIR'];
  if (root === undefined) throw new Error('PAHO_DIR has to name a checkout of eclipse-paho/paho.mqtt.testing.');
  const folder = path.join(root, 'interoperability');
  const engine = options.engine as EngineName;
  const tests = [...readTests(folder, 'client_test'), ...readTests(folder, 'client_test5')].filter((test) => keyOf(test).includes(options.only));
  const waiting = [...tests];
  const results = new Map<PahoTest, PahoResult>();
  const lane = async (): Promise<void> => {
    for (let test = waiting.shift(); test; test = waiting.shift()) results.set(test, await runTest(folder, test, engine));
  };
  await Promise.all(Array.from({ length: options.parallel ?? 4 }, lane));

  const ordered = tests.map((test) => results.get(test) as PahoResult);
  const failed = ordered.filter(({ passed }) => !passed);
  for (const result of failed) console.log(`\n${keyOf(result)}: ${result.hung ? 'hung' : 'failed'} after ${result.seconds} s\n${result.output}`);
  console.log();
  for (const [module, title] of Object.entries(titles)) {
    const of = ordered.filter((result) => result.module === module);
    const names = of.filter(({ passed }) => !passed).map(({ name, hung }) => (hung ? `${name} (hung)` : name));
    console.log(`${title}: ${of.length - names.length} of ${of.length} passed${names.length > 0 ? `; not passed: ${names.join(', ')}` : ''}`);
  }
  mkdirSync(path.dirname(options.json), { recursive: true });
  writeFileSync(options.json, `${JSON.stringify({ suite: 'paho', engine, results: ordered }, null, 1)}\n`);
  console.log(`results: ${options.json}`);
  return reportChecked(checkFailures(failed.map(keyOf), readExplanations('paho-explained.json', engine)), options.only === '');
}

const keyOf = ({ module, name }: PahoTest): string => `${module}/${name}`;

/** The names unittest would run. */
function readTests(folder: string, module: PahoTest['module']): readonly PahoTest[] {
  const source = readFileSync(path.join(folder, `${module}.py`), 'utf8');
  return [...source.matchAll(/^ +def (test\w*)\(self/gm)].map(([, name = '']) => ({ module, name }));
}

async function runTest(folder: string, test: PahoTest, engine: EngineName): Promise<PahoResult> {
  const broker = await startBroker(engine);
  const began = performance.now();
  const args = [path.join(import.meta.dirname, 'paho-driver.py'), test.module, test.name, String(broker.port)];
  const child = spawn('python3', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-20_000)));
  let hung = false;
  const limit = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, limitMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(limit);
  await broker.stop();
  return {
    ...test,
    passed: code === 0,
    hung,
    seconds: Math.round((performance.now() - began) / 1000),
    output: output.trim().split('\n').slice(-25).join('\n'),
  };
}
