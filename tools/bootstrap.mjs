// Runs on whatever Node a fresh clone has (20 or newer), before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(projectFolder, 'node_modules');
const stamp = path.join(modules, '.cache', 'installed');
// Sources run without a build: without it every process and worker thread would strip and compile all of them anew.
const compileCache = path.join(modules, '.cache', 'compile');
// Read before anything else: an install may take minutes, and its parent may be gone when it is done.
const parent = process.ppid;
const lookForParentMs = 250;
const passOnAfterMs = 300;

/** Installs the packages of the lock file when they are missing or the lock file has changed since. */
export function ensureInstalled() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) fail(`MQTT Workbench needs Node 20 or newer to start; this is ${process.version}.`);
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(projectFolder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(path.join(modules, '.bin'))) return;
  // Not among what the command itself prints, which a script may read.
  console.error('Installing packages (first run, or the lock file changed) …');
  // The parent npm run leaves settings in the environment that would apply to this install as well.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_(config_omit|config_production|lifecycle|package)/i.test(key)));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(npm, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectFolder,
    stdio: 'inherit',
    env: { ...env, NODE_ENV: '' },
    shell: process.platform === 'win32',
  });
  if (result.status !== 0)
    fail('The packages could not be installed: see the lines above. Check the network or the proxy settings of npm, then run the command again.');
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** The Node that runs all scripts: the one installed with the project, else this one where it is new enough. */
function projectNode() {
  const own = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(own) && spawnSync(own, ['--version']).status === 0) return own;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(`The project's own Node was not installed, and ${process.version} is too old to run its scripts. Run "npm rebuild node", or use Node 24.`);
}

/** Runs a TypeScript file on the project's Node and ends with its exit code. A wish to end reaches the child as well, once. */
export function run(file, args) {
  const node = projectNode();
  const bin = path.join(modules, '.bin');
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', path.join(projectFolder, file), ...args], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${bin}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  // In a terminal Ctrl+C reaches the whole process group; this process only has to outlive the child's clean-up.
  process.on('SIGINT', () => {});
  // Who ends a whole process group reaches the child as well: a second signal while it is ending would cut it off, once its handlers are gone.
  let passingOn;
  const end = () => {
    passingOn ??= setTimeout(() => child.kill('SIGTERM'), passOnAfterMs);
  };
  process.on('SIGTERM', end).on('SIGHUP', end);
  // npm ends only the shell between it and this process, which does not pass signals on: that its shell has gone is all there is to notice. Whoever
  // starts this directly signals it directly, and may leave it behind on purpose.
  if (process.env['npm_lifecycle_event'] !== undefined) setInterval(() => process.ppid !== parent && end(), lookForParentMs).unref();
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
