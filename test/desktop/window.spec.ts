import path from 'node:path';
import type { Page } from '@playwright/test';
import { electronSwitches, findElectron } from '../../tools/electron.ts';
import { execute, projectFolder } from '../../tools/project.ts';
import { goTo } from '../e2e/steps.ts';
import { expect, test } from '../e2e/workbench.ts';
import { answerDialogs, enginePid, isAlive, type HostWindow } from './desktop-host.ts';

test('size, place and colour of the window are remembered', async ({ workbench }) => {
  const bounds = { x: 40, y: 30, width: 1010, height: 710 };
  await workbench.electron?.evaluate(({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]?.setBounds(wanted), bounds);
  await workbench.restart();
  await expect
    .poll(() => workbench.electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds()))
    .toMatchObject({ width: bounds.width, height: bounds.height });
  expect(await workbench.electron?.evaluate(({ app }) => app.getPath('userData'))).toContain(path.join(workbench.workspace, '.electron'));
});

test('a second start on the same workspace shows the first window and ends', async ({ workbench }) => {
  const found = await findElectron({ download: false });
  if ('missing' in found) throw new Error(found.missing);
  await workbench.electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const second = await execute(
    found.executable,
    [
      ...electronSwitches(),
      '--disable-gpu',
      `--user-data-dir=${path.join(workbench.workspace, '.electron')}`,
      projectFolder,
      '--workspace',
      workbench.workspace,
    ],
    { timeout: 30_000 },
  );
  expect(second.code, second.stderr).toBe(0);
  await expect
    .poll(() => workbench.electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible())))
    .toEqual([true]);
});

test('quitting ends the engine, properly and in under two seconds', async ({ workbench }) => {
  if (!workbench.electron) throw new Error('This test is for the desktop host.');
  const pid = await enginePid(workbench.electron);
  const ended = new Promise<number | null>((resolve) => workbench.electron?.process().once('exit', (code) => resolve(code)));
  const began = performance.now();
  await workbench.electron.evaluate(({ app }) => app.quit());
  expect(await ended).toBe(0);
  expect(performance.now() - began).toBeLessThan(2000);
  expect(isAlive(pid)).toBe(false);
  await workbench.restart();
});

test('unsaved changes are asked about, and both answers are obeyed', async ({ workbench }) => {
  const { electron, page } = workbench;
  if (!electron) throw new Error('This test is for the desktop host.');
  const write = async (where: Page): Promise<void> => {
    await goTo(where, 'Connections');
    await where.getByRole('button', { name: 'New connection' }).first().click();
    await where.getByRole('textbox', { name: 'Name', exact: true }).fill('half done');
  };
  await write(page);
  const stay = await answerDialogs(electron, 1);
  await electron.evaluate(({ app }) => app.quit());
  await expect.poll(async () => (await stay()).length).toBe(1);
  expect((await stay())[0]).toMatchObject({ message: 'There are changes that are not saved.', buttons: ['Leave without saving', 'Stay'] });
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(async () => (await stay()).length).toBe(2);
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('half done');
  await expect(page.getByText('Engine connected')).toBeVisible();

  const leave = await answerDialogs(electron, 0);
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.reload());
  await expect.poll(async () => (await leave()).length).toBe(1);
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeHidden();
  await write(page);
  // What was written in one place is asked about in every other.
  await goTo(page, 'Topics');
  const stayElsewhere = await answerDialogs(electron, 1);
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(async () => (await stayElsewhere()).length).toBe(1);
  await answerDialogs(electron, 0);
  const ended = new Promise<number | null>((resolve) => electron.process().once('exit', resolve));
  await electron.evaluate(({ app }) => app.quit());
  expect(await ended).toBe(0);
  await workbench.restart();
});

test("the native menu is made of the page's commands, and its clicks reach the page", async ({ workbench: { page, electron } }) => {
  const heard = await page.evaluateHandle(() => {
    const ids: string[] = [];
    const host = (window as unknown as HostWindow).workbenchHost;
    host.onCommand((id) => ids.push(id));
    host.setMenu([
      { id: 'test.first', title: 'First & only', group: 'Probe', shortcut: 'Mod+Shift+9' },
      { id: 'test.off', title: 'Not now', group: 'Probe', enabled: false },
    ]);
    return ids;
  });
  const probe = (): Promise<unknown> | undefined =>
    electron?.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()
        ?.items.find((item) => item.label === 'Probe')
        ?.submenu?.items.map(({ id, label, enabled, accelerator }) => ({ id, label, enabled, accelerator: accelerator ?? null })),
    );
  const shown = [
    { id: 'test.first', label: 'First && only', enabled: true, accelerator: 'CommandOrControl+Shift+9' },
    { id: 'test.off', label: 'Not now', enabled: false, accelerator: null },
  ];
  await expect.poll(probe).toEqual(shown);
  await electron?.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('test.first')?.click());
  await expect.poll(() => heard.evaluate((ids) => [...ids])).toEqual(['test.first']);

  await page.evaluate(() => (window as unknown as { workbenchHost: { setMenu(value: unknown): void } }).workbenchHost.setMenu([{ id: '<b>', title: 1 }]));
  await page.evaluate(() => (window as unknown as HostWindow).workbenchHost.setMenu([{ id: 'test.last', title: 'Last', group: 'Other' }]));
  await expect.poll(probe, 'messages keep their order: the bad list was refused, the good one replaced the menu').toBeUndefined();
});

test('a crashed page is loaded again while the engine goes on', async ({ workbench: { electron } }) => {
  if (!electron) throw new Error('This test is for the desktop host.');
  const pid = await enginePid(electron);
  await electron.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        contents?.once('did-finish-load', () => resolve());
        contents?.forcefullyCrashRenderer();
      }),
  );
  expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('typeof workbenchHost'))).toBe(
    'object',
  );
  expect(await enginePid(electron)).toBe(pid);
});
