// npm run bench [-- NAME …]: prints medians of several runs, ratios where a peer runs beside us, and what machine this is.
import os from 'node:os';
import { parseArgs } from 'node:util';
import { printRows, type BenchRow } from './bench.ts';

const usage = `Usage: npm run bench [-- NAME … [--quick] [--repeat N] [--row TEXT …] [--broker TEXT …] [--profile DIR]]

The options are for the bench "broker":
  --quick        once, in short
  --repeat N     repetitions (default 3)
  --row TEXT     only rows whose name contains this; cost: only what features cost
  --broker TEXT  only brokers whose name contains this
  --profile DIR  write processor profiles of brokers that run on Node
`;

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      repeat: { type: 'string' },
      row: { type: 'string', multiple: true, default: [] },
      broker: { type: 'string', multiple: true, default: [] },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

function refuse(message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

function argumentsOrRefusal(): ReturnType<typeof readArguments> {
  try {
    return readArguments();
  } catch (error) {
    refuse((error as Error).message);
  }
}

const { values, positionals } = argumentsOrRefusal();
const repetitions = values.repeat === undefined ? (values.quick ? 1 : 3) : Number(values.repeat);
if (!Number.isInteger(repetitions) || repetitions < 1) refuse('--repeat needs a whole number from 1.');

/** Benches that print what they found themselves return nothing. */
const benches: Readonly<Record<string, () => Promise<readonly BenchRow[] | void>>> = {
  kernel: async () => (await import('./kernel.ts')).benchKernel(),
  'topic-index': async () => (await import('./topic-index.ts')).benchTopicIndex(),
  store: async () => (await import('./store.ts')).benchStore(),
  broker: async () => {
    const { benchBroker } = await import('./broker.ts');
    await benchBroker({ quick: values.quick, repetitions, rows: values.row, brokers: values.broker, profileFolder: values.profile ?? null });
    if (values.row.length > 0 || values.broker.length > 0) return undefined;
    return (await import('./persistence.ts')).benchRedisCost(repetitions);
  },
  rpc: async () => (await import('./rpc.ts')).benchRpc(),
  coap: async () => (await import('./coap.ts')).benchCoap(),
  codecs: async () => (await import('./codecs.ts')).benchCodecs(),
  receive: async () => (await import('./receive.ts')).benchReceive(),
  persistence: async () => (await import('./persistence.ts')).benchPersistence(),
  start: async () => (await import('./start.ts')).benchStart(),
  live: async () => (await import('./live-page.ts')).benchLivePage(),
};

if (values.help) {
  console.log(`${usage}\nBenches: ${Object.keys(benches).join(', ')}`);
  process.exit(0);
}
const unknown = positionals.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) refuse(`There is no bench named ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);

console.log(
  `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.platform()} ${os.release()}, Node ${process.versions.node}`,
);
for (const [name, run] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n${name}`);
  const rows = await run();
  if (rows) printRows(rows);
}
process.exit(0);
