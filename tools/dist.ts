// npm run dist [-- [--for-tests] electron-builder arguments]: builds what is stale, then the packages into release/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from './build.ts';
import { bin, execute, projectFolder } from './project.ts';

// The inspector stays usable, so that a test can start the packaged app. Never for a release.
const forTests = '--for-tests';
const given = process.argv.slice(2);
const configFile = path.join(projectFolder, 'electron-builder.yml');

await buildIfStale();
const runtime = runtimeSettings();
const args = ['--config', runtime?.configFile ?? configFile, '--publish', 'never', ...given.filter((arg) => arg !== forTests), ...(runtime?.args ?? [])];
if (given.includes(forTests)) args.push('-c.electronFuses.enableNodeCliInspectArguments=true');
const { code } = await execute(bin('electron-builder'), args, { show: true });
process.exit(code);

/** Packs the Electron that is given on this machine instead of downloading the one of the lock file. */
function runtimeSettings(): { readonly configFile: string; readonly args: readonly string[] } | undefined {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (!folder) return undefined;
  const versionFile = path.join(folder, 'version');
  if (!existsSync(versionFile)) {
    console.error(`ELECTRON_OVERRIDE_DIST_PATH names ${folder}, but there is no Electron in it.`);
    process.exit(1);
  }
  const version = readFileSync(versionFile, 'utf8').trim().replace(/^v/, '');
  const args = [`-c.electronDist=${folder}`, `-c.electronVersion=${version}`];
  // Electron 36 was the first with a Node that has node:sqlite; with an older one the package of the same interface goes along.
  return { configFile: Number.parseInt(version, 10) >= 36 ? configFile : configWithSqlite(), args };
}

function configWithSqlite(): string {
  const file = path.join(projectFolder, 'node_modules', '.cache', 'electron-builder-with-sqlite.json');
  const prebuilt = `${process.platform}-${process.arch}`;
  const parts = ['@photostructure/sqlite/{package.json,dist/*.mjs,dist/*.cjs}', `@photostructure/sqlite/prebuilds/${prebuilt}/*`, 'node-gyp-build/*'];
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ extends: configFile, files: parts.map((part) => `node_modules/${part}`) }));
  return file;
}
