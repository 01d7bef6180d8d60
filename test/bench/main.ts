// npm run bench [-- NAME …]: prints medians of several runs, ratios where a peer runs beside us, and what machine this is.
import os from 'node:os';
import { printRows, type BenchRow } from './bench.ts';

const benches: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  kernel: async () => (await import('./kernel.ts')).benchKernel(),
  'topic-index': async () => (await import('./topic-index.ts')).benchTopicIndex(),
  store: async () => (await import('./store.ts')).benchStore(),
  broker: async () => (await import('./broker.ts')).benchBroker(),
  start: async () => (await import('./start.ts')).benchStart(),
  live: async () => (await import('./live-page.ts')).benchLivePage(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench named ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

console.log(
  `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.platform()} ${os.release()}, Node ${process.versions.node}`,
);
for (const [name, run] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  printRows(await run());
}
process.exit(0);
