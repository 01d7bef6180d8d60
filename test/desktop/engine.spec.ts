import { expect, test } from '../e2e/workbench.ts';
import { answerDialogs, askForPort, enginePid, isAlive, recordHealth, watchLog } from './desktop-host.ts';

test('an engine that dies is started again, and the page gets a port to the new one', async ({ workbench: { page, electron } }) => {
  if (!electron) throw new Error('This test is for the desktop host.');
  const first = await enginePid(electron);
  const health = await recordHealth(page);
  const log = watchLog(electron);
  process.kill(first, 'SIGKILL');
  await expect.poll(log).toContain('engine exited');
  expect(await askForPort(page, 'nonce-for-the-new-engine'), 'asked while none runs: the answer waits for the next one').toBe(true);
  await expect.poll(health).toEqual(['running', 'restarting', 'running']);
  expect(await enginePid(electron)).not.toBe(first);
  expect(isAlive(first)).toBe(false);
});

test('the page says that the engine was lost and is back without being loaded again', async ({ workbench: { page, electron } }) => {
  if (!electron) throw new Error('This test is for the desktop host.');
  await expect(page.getByRole('button', { name: 'Start local broker' }).first()).toBeVisible();
  await page.evaluate(() => ((window as unknown as { stayed: boolean }).stayed = true));
  const health = await recordHealth(page);
  process.kill(await enginePid(electron), 'SIGSTOP');
  await expect(page.getByText(/not responding/i).first()).toBeVisible({ timeout: 30_000 });
  process.kill(await enginePid(electron), 'SIGKILL');
  await expect.poll(health, { timeout: 20_000 }).toEqual(['running', 'not-responding', 'restarting', 'running']);
  await expect(page.getByText(/not responding/i)).toHaveCount(0);
  await page.getByRole('button', { name: 'Start local broker' }).first().click({ trial: true });
  expect(await page.evaluate(() => (window as unknown as { stayed?: boolean }).stayed)).toBe(true);
});

test('an engine that keeps dying is given up with a question, and comes back when asked to', async ({ workbench: { page, electron } }) => {
  if (!electron) throw new Error('This test is for the desktop host.');
  const questions = await answerDialogs(electron, 0);
  const health = await recordHealth(page);
  const again = ['restarting', 'running'] as const;
  let pid = await enginePid(electron);
  for (let kills = 1; kills <= 4; kills += 1) {
    // One that dies before it was up is a start that failed, which is counted with the others but never seen running.
    await expect.poll(async () => (await health()).at(-1)).toBe('running');
    process.kill(pid, 'SIGKILL');
    const dead = pid;
    await expect.poll(async () => (pid = await enginePid(electron)), { timeout: 20_000 }).not.toBe(dead);
  }
  expect(await questions()).toEqual([
    { message: 'The engine of the workbench keeps stopping.', detail: expect.stringContaining('4 times'), buttons: ['Restart', 'Quit'] },
  ]);
  await expect.poll(health).toEqual(['running', ...again, ...again, ...again, 'failed', ...again]);
});

test('Ctrl+C in the terminal lets the engine end properly', async ({ workbench }) => {
  if (!workbench.electron) throw new Error('This test is for the desktop host.');
  test.skip(process.platform === 'win32', 'there are no POSIX signals on Windows');
  await recordHealth(workbench.page);
  const pid = await enginePid(workbench.electron);
  const log = watchLog(workbench.electron);
  const ended = new Promise((resolve) => workbench.electron?.process().once('exit', resolve));
  // What a terminal does: every process of the group gets the signal.
  process.kill(pid, 'SIGINT');
  process.kill(workbench.electron.process().pid ?? 0, 'SIGINT');
  await ended;
  expect(log()).toContain('engine exited with code 0');
  await workbench.restart();
});
