import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { distFolder, execute, projectFolder } from './project.ts';

/** Bundles of the main side. Workers are separate files because they are started by path. */
const nodeBundles = {
  engine: { 'engine-process': 'src/main/engine/engine-process.ts' },
  workers: {
    'broker-worker': 'src/main/engine/broker/broker-worker.ts',
    'persistence-worker': 'src/main/engine/broker/persistence/persistence-worker.ts',
    'store-worker': 'src/main/engine/store/store-worker.ts',
    'payload-worker': 'src/main/engine/payload/worker/payload-worker.ts',
    'check-worker': 'src/main/engine/collections/checks/check-worker.ts',
    'script-worker': 'src/main/engine/scripts/script-worker.ts',
  },
  headless: { main: 'src/main/headless/main.ts' },
  broker: { cli: 'src/main/engine/broker/cli/cli.ts', 'persistence-worker': 'src/main/engine/broker/persistence/persistence-worker.ts' },
  desktop: { main: 'src/main/desktop/main.ts' },
} as const;

const stampFile = path.join(distFolder, '.built-from');

/** The script editor knows the language alone: a third of what its worker would carry are declarations for browsers. */
const withoutBrowserTypes = {
  name: 'without-browser-types',
  transform: (code: string, id: string) =>
    id.replaceAll('\\', '/').endsWith('/features/typescript/lib/lib.js') ? code.replace(/^libFileMap\["lib\.(?:dom|webworker)\..*';$/gm, '') : undefined,
};

/** Builds what the running programs need into `dist/`. */
async function build(): Promise<void> {
  const { build: viteBuild } = await import('vite');
  const react = (await import('@vitejs/plugin-react')).default;
  rmSync(distFolder, { recursive: true, force: true });
  const version = (JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as { version: string }).version;
  const define = { __APP_VERSION__: JSON.stringify(version) };
  // Inlined node_modules with conditional exports must resolve for Node, and nothing may stay external but built-ins and natives.
  const external = ['electron', '@photostructure/sqlite'];
  const common = { configFile: false as const, root: projectFolder, logLevel: 'warn' as const, define };
  for (const [folder, input] of Object.entries(nodeBundles)) {
    await viteBuild({
      ...common,
      ssr: { noExternal: true, external, target: 'node' },
      build: {
        ssr: true,
        target: 'node20',
        outDir: path.join(distFolder, folder),
        emptyOutDir: true,
        minify: false,
        sourcemap: true,
        rollupOptions: { input, output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } },
      },
    });
  }
  await viteBuild({
    ...common,
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: true,
      target: 'node20',
      outDir: path.join(distFolder, 'preload'),
      minify: false,
      rollupOptions: { input: { preload: 'src/main/preload/preload.ts' }, output: { format: 'cjs', entryFileNames: 'preload.cjs' } },
    },
  });
  await viteBuild({
    ...common,
    root: path.join(projectFolder, 'src/renderer'),
    base: './',
    plugins: [react()],
    worker: { format: 'es', plugins: () => [withoutBrowserTypes] },
    build: {
      outDir: path.join(distFolder, 'page'),
      emptyOutDir: true,
      target: 'chrome130',
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 4000,
      sourcemap: false,
    },
  });
  writeFileSync(stampFile, sourceFingerprint());
}

/**
 * Builds only when a source, a tool or the lock file has changed since the last build.
 * In a process of its own: a bundler leaves a gigabyte behind, and who asks may run for days.
 */
export async function buildIfStale(): Promise<void> {
  const { code } = await execute(process.execPath, [import.meta.filename], { show: true });
  if (code !== 0) throw new Error('The build failed: see the lines above.');
}

async function run(): Promise<void> {
  const release = await lockBuild();
  try {
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sourceFingerprint()) return;
    console.log('Building …');
    await build();
  } finally {
    release();
  }
}

/** One build at a time: a second command waits for the first one's result. A lock whose owner is gone is taken over. */
async function lockBuild(): Promise<() => void> {
  const lock = path.join(projectFolder, 'node_modules', '.cache', 'build-lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch {
      if (!isAlive(Number(readFileSync(lock, { encoding: 'utf8', flag: 'a+' })))) rmSync(lock, { force: true });
      else await setTimeout(200);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function sourceFingerprint(): string {
  const hash = createHash('sha256');
  const add = (file: string): void => {
    hash.update(path.relative(projectFolder, file)).update(readFileSync(file));
  };
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder).toSorted()) {
      const file = path.join(folder, name);
      if (statSync(file).isDirectory()) walk(file);
      else if (!/\.test\.tsx?$/.test(name)) add(file);
    }
  };
  walk(path.join(projectFolder, 'src'));
  add(import.meta.filename);
  add(path.join(projectFolder, 'package-lock.json'));
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await run();
}
