import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { _electron, type ElectronApplication } from '@playwright/test';
import { electronSwitches } from '../../tools/electron.ts';
import { execute, projectFolder } from '../../tools/project.ts';
import { expect, test } from '../e2e/workbench.ts';
import { enginePid } from './desktop-host.ts';

const wantedFuses = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableCookieEncryption: true,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
};

test('the package settings burn in every fuse and name every target', () => {
  const text = readFileSync(path.join(projectFolder, 'electron-builder.yml'), 'utf8');
  const block = /^electronFuses:\n((?:[ ]+.*\n)+)/m.exec(text)?.[1] ?? '';
  const fuses = Object.fromEntries([...block.matchAll(/^\s+(\w+): (true|false)$/gm)].map(([, name, value]) => [name, value === 'true']));
  expect(fuses).toEqual(wantedFuses);
  for (const target of ['nsis', 'dmg', 'zip', 'AppImage', 'deb']) expect(text).toMatch(new RegExp(`target:.*\\b${target}\\b`));
});

test('the packaged app starts from its archive, fuses set', async () => {
  test.skip(!process.env['ELECTRON_OVERRIDE_DIST_PATH'], 'packaging needs an Electron given in ELECTRON_OVERRIDE_DIST_PATH');
  test.skip(process.platform !== 'linux', 'the unpacked Linux build is the one that is tried');
  test.setTimeout(240_000);
  const output = mkdtempSync(path.join(os.tmpdir(), 'workbench-packaged-'));
  try {
    const made = await execute(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      'tools/dist.ts',
      '--for-tests',
      '--linux',
      'dir',
      `-c.directories.output=${output}`,
    ]);
    expect(made.code, made.stdout + made.stderr).toBe(0);
    const folder = path.join(output, readdirSync(output).find((name) => name.includes('unpacked')) ?? '');
    const executablePath = path.join(folder, 'mqtt-workbench');
    expect(existsSync(path.join(folder, 'resources', 'app.asar'))).toBe(true);

    const fuses = await execute(path.join(projectFolder, 'node_modules', '.bin', 'electron-fuses'), ['read', '--app', executablePath]);
    const shown = stripVTControlCharacters(fuses.stdout);
    expect(shown).toMatch(/RunAsNode is Disabled/);
    expect(shown).toMatch(/EnableNodeOptionsEnvironmentVariable is Disabled/);
    expect(shown).toMatch(/EnableCookieEncryption is Enabled/);
    expect(shown).toMatch(/OnlyLoadAppFromAsar is Enabled/);
    expect(shown).toMatch(/GrantFileProtocolExtraPrivileges is Disabled/);

    await tryCommands(executablePath, output);

    const electron = await launchPackaged(executablePath, output);
    try {
      const page = await electron.firstWindow();
      expect(await electron.evaluate(({ app }) => ({ packaged: app.isPackaged, path: app.getAppPath() }))).toEqual({
        packaged: true,
        path: path.join(folder, 'resources', 'app.asar'),
      });
      await enginePid(electron);
      await expect(page.getByRole('button', { name: 'Start local broker' }).first()).toBeVisible();
    } finally {
      await electron.close();
    }
  } finally {
    rmSync(output, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});

/** Without a window, a display or a lock; checks and scripts run in threads whose files are in the archive. */
async function tryCommands(executablePath: string, output: string): Promise<void> {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const packaged = (...args: readonly string[]) => execute(executablePath, [...electronSwitches(), ...args], { env, cwd: output });
  const help = await packaged('call', '--help');
  expect([help.code, help.stdout.split(' ADDRESS')[0]]).toEqual([0, 'Usage: mqtt-workbench call']);
  expect((await packaged('run')).code).toBe(2);

  const request = {
    version: 1,
    kind: 'rpc',
    name: 'Nobody',
    topic: 'edge/nobody',
    method: 'get',
    assertions: [
      { kind: 'status', is: 'failed', error: 'PEER_UNREACHABLE' },
      { kind: 'path', path: '$.message', operator: 'matches', value: '^No subscriber' },
    ],
    script: 'function after(response, variables, expect) { expect(response.error.code).toBe(3007); }',
  };
  mkdirSync(path.join(output, 'Lab'));
  writeFileSync(path.join(output, 'Lab', 'a.request.json'), JSON.stringify(request));
  const broker = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'tools/workbench.ts', 'broker', '--port', '0'], { cwd: projectFolder });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      broker.on('exit', (code) => reject(new Error(`the broker ended with ${code}`)));
      broker.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        const found = /mqtt:\/\/[\d.]+:\d+/.exec((text += chunk));
        if (found && text.endsWith('\n')) resolve(found[0]);
      });
    });
    const ran = await packaged('run', 'Lab', '--broker', address, '--reporter', 'json');
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ summary: { passed: 1, assertionsPassed: 3 } });
  } finally {
    broker.kill();
  }
}

/**
 * A packaged app cannot be held until Playwright listens, and now and then the two miss each other: two more tries, each with folders of
 * its own, as the app that was missed may not have let go of the last ones.
 */
async function launchPackaged(executablePath: string, output: string): Promise<ElectronApplication> {
  const launch = (attempt: number): Promise<ElectronApplication> => {
    const folders = [`--user-data-dir=${path.join(output, `electron-${attempt}`)}`, '--workspace', path.join(output, `workspace-${attempt}`)];
    return _electron.launch({ executablePath, args: [...electronSwitches(), '--disable-gpu', ...folders], timeout: 20_000 });
  };
  return launch(1)
    .catch(() => launch(2))
    .catch(() => launch(3));
}
