// npm test [-- --only unit|browser|desktop|interop]: installs what is missing, runs everything, adds up.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from './build.ts';
import { displayMissing, findElectron } from './electron.ts';
import { bin, execute, projectFolder } from './project.ts';
import { findChromium, installSystemPackages, onPath } from './system.ts';
import { addTotals, formatTotals, noTotals, withExitCode, type Totals } from './totals.ts';

const parts = ['unit', 'browser', 'desktop', 'interop'] as const;
type Part = (typeof parts)[number];

const only = process.argv[process.argv.indexOf('--only') + 1] as Part;
const chosen: readonly Part[] = process.argv.includes('--only') ? [only] : ['unit', 'browser', 'desktop'];
if (!chosen.every((part) => parts.includes(part))) {
  console.error(`--only takes one of ${parts.join(', ')}.`);
  process.exit(2);
}
const filters = process.argv.includes('--only') ? process.argv.slice(process.argv.indexOf('--only') + 2) : [];

/** The tests run in processes of their own, whose output is passed on: they cannot see whether a person reads it. */
const colours: NodeJS.ProcessEnv = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };

const resultsFolder = path.join(projectFolder, 'test-results');
mkdirSync(resultsFolder, { recursive: true });

let totals = noTotals;
await installSystemPackages(['mosquitto', 'mosquitto-clients', 'openssl', 'redis-server', 'tshark']);
for (const part of chosen) {
  const began = Date.now();
  console.log(`\n== ${part}`);
  totals = addTotals(totals, await runPart(part));
  console.log(`== ${part}: ${Math.round((Date.now() - began) / 1000)} s`);
}
console.log(`\n${formatTotals(totals)}`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);

function runPart(part: Part): Promise<Totals> {
  switch (part) {
    case 'unit':
      return runUnit();
    case 'interop':
      return runInterop();
    case 'browser':
      return runBrowser();
    case 'desktop':
      return runDesktop();
  }
}

async function runUnit(): Promise<Totals> {
  await buildIfStale();
  return runVitest(filters, 'unit');
}

async function runInterop(): Promise<Totals> {
  await installSystemPackages(['libcoap3-bin']);
  return runVitest(['--config', 'test/interop/vitest.config.ts', ...filters], 'interop');
}

async function runBrowser(): Promise<Totals> {
  if (!findChromium()) await installSystemPackages(['chromium']);
  if (!findChromium()) {
    console.log('No Chromium or Chrome was found. Install one, or name it in CHROMIUM_PATH.');
    return { ...noTotals, skipped: [{ name: 'browser end-to-end tests', reason: 'no Chromium or Chrome on this machine' }] };
  }
  await buildIfStale();
  return runPlaywright('browser');
}

async function runDesktop(): Promise<Totals> {
  const skip = (reason: string): Totals => ({ ...noTotals, skipped: [{ name: 'desktop end-to-end tests', reason }] });
  const electron = await findElectron({ download: !process.env['CI'] });
  if ('missing' in electron) return skip(electron.missing);
  if (displayMissing()) await installSystemPackages(['xvfb', 'xauth']);
  const frame = displayMissing() ? onPath('xvfb-run') : undefined;
  if (displayMissing() && !frame) return skip('no display and no xvfb-run');
  await buildIfStale();
  return runPlaywright('desktop', frame);
}

async function runVitest(args: readonly string[], name: string): Promise<Totals> {
  const reporters = ['--reporter=default', `--reporter=${path.join(projectFolder, 'tools/vitest-totals.ts')}`];
  return collect(name, (env) => execute(bin('vitest'), ['run', ...reporters, ...args], { show: true, env }));
}

async function runPlaywright(project: 'browser' | 'desktop', frame?: string): Promise<Totals> {
  const args = ['test', '--config', 'test/e2e/playwright.config.ts', `--project=${project}`, ...filters];
  const [command, all] = frame ? [frame, ['-a', '-s', '-screen 0 1600x1000x24', bin('playwright'), ...args]] : [bin('playwright'), args];
  return collect(project, (env) => execute(command, all, { show: true, env }));
}

async function collect(name: string, run: (env: NodeJS.ProcessEnv) => Promise<{ code: number }>): Promise<Totals> {
  const file = path.join(resultsFolder, `${name}.json`);
  rmSync(file, { force: true });
  const { code } = await run({ ...process.env, TOTALS_FILE: file, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1', ...colours });
  const result = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Totals) : noTotals;
  return withExitCode(result, code);
}
