import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { dialMqtt, publishPacket } from '../support/raw-mqtt.ts';
import { fillPublish, goTo, setBrokerPorts, startBroker, startQuietBroker, topicRow, topicTree, valueRegion } from './steps.ts';
import { expect, freePort, startHeadless, stopProcess, test } from './workbench.ts';

// The desktop window talks to its engine in another way; what happens there when it is lost is tested with the desktop host.
// Playwright wants the (empty) pattern of fixtures.
// oxlint-disable-next-line no-empty-pattern
test.beforeEach(({}, { project }) => test.skip(project.name !== 'browser', 'only the browser host has an address'));

const lost = (page: Page) => page.getByRole('status').filter({ hasText: 'The connection to the workbench was lost' });

test('a link that breaks is told, and comes back by itself with everything as it was', async ({ workbench }) => {
  const { page, url } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const device = await dialMqtt(port, { clientId: 'device' });
  device.send(publishPacket('lab/door/state', 'closed'), publishPacket('lab/window', 'open'));

  const cable = await openCable(Number(new URL(url ?? '').port));
  const far = await page.context().newPage();
  const errors: string[] = [];
  far.on('pageerror', (error) => errors.push(error.message));
  await far.goto(`http://127.0.0.1:${cable.port}/`);
  await goTo(far, 'Topics');
  await topicRow(far, 'state').click();
  // The editor is loaded when it is first needed; that is not what is to be cut.
  await expect(valueRegion(far).locator('.monaco-editor')).toBeVisible();
  await far.getByRole('textbox', { name: 'Topic', exact: true }).fill('lab/typed/before');
  await topicTree(far)
    .getByRole('treeitem', { name: /^lab\b/ })
    .focus();
  await far.keyboard.press('ArrowLeft');
  await expect(topicRow(far, 'window')).toHaveCount(0);
  await far.keyboard.press('ArrowRight');
  await expect(topicRow(far, 'window')).toBeVisible();

  await cable.cut();
  await expect(lost(far)).toContainText('What is shown is from before. Trying to connect again');
  await expect(topicRow(far, 'state')).toContainText('closed');
  device.send(publishPacket('lab/door/state', 'opened'));
  await expect(topicRow(page, 'state')).toContainText('opened');
  await expect(topicRow(far, 'state')).toContainText('closed');

  await cable.mend();
  await expect(topicRow(far, 'state')).toContainText('opened');
  await expect(lost(far)).toHaveCount(0);
  await expect(far.getByText('Connected to the engine again')).toBeVisible();
  await expect(far.getByRole('textbox', { name: 'Topic', exact: true })).toHaveValue('lab/typed/before');
  await expect(far.getByRole('heading', { name: 'Topic lab/door/state' })).toBeVisible();
  await fillPublish(far, 'lab/typed/before', '1');
  await far.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(topicRow(page, 'before')).toBeVisible();
  device.end();
  await cable.cut();
  expect(errors).toEqual([]);
  expect(workbench.pageErrors).toEqual([]);
});

test('a host that is killed and started again on the same workspace gets its page back', async ({ workbench }) => {
  const workspace = mkdtempSync(path.join(os.tmpdir(), 'workbench-e2e-'));
  const first = await startHeadless(['--port', '0', '--workspace', workspace]);
  const hostPort = new URL(first.url).port;
  const page = await workbench.page.context().newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(first.url);
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await expect(topicRow(page, 'telemetry')).toBeVisible();
  await page.evaluate(() => ((window as unknown as { stayed: boolean }).stayed = true));

  first.child.kill('SIGKILL');
  await expect(lost(page)).toContainText('If it was stopped, start it and open the address it prints.');
  await expect(page.getByRole('status', { name: /^Engine: (Connecting to the engine|Engine disconnected)/ })).toBeVisible();

  const second = await startHeadless(['--port', hostPort, '--workspace', workspace]);
  // A new start has a new token, so that the address is opened once more, as the banner says; the page that is open then goes on by itself.
  const other = await page.context().newPage();
  await other.goto(second.url);
  await expect(lost(page)).toHaveCount(0);
  await expect(page.getByText('Connected to the engine again')).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { stayed?: boolean }).stayed)).toBe(true);
  await startBroker(page);
  await expect(topicRow(page, 'telemetry')).toBeVisible();

  await page.close();
  await other.close();
  await stopProcess(second.child);
  rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  expect(errors).toEqual([]);
  expect(workbench.pageErrors).toEqual([]);
});

test('a wrong address gives a page that says what to do', async ({ workbench }) => {
  const { page, url } = workbench;
  const { origin } = new URL(url ?? '');
  const stranger = await page.context().browser()?.newContext();
  const strange = await stranger?.newPage();
  if (!strange) throw new Error('The browser gave no page.');
  for (const [address, status, why] of [
    [`${origin}/?token=wrong`, 401, 'This address is of an earlier start of the workbench, or incomplete. Open the one it printed last.'],
    [`${origin}/?token=`, 401, 'This address is of an earlier start of the workbench, or incomplete.'],
    [`${origin}/`, 401, 'The workbench does not know this browser. Open the address with "?token=" that it printed in its terminal'],
    [`${origin}/nothing/here`, 401, 'The workbench does not know this browser.'],
  ] as const) {
    const answer = await strange.goto(address);
    expect(answer?.status()).toBe(status);
    await expect(strange.getByRole('heading', { name: 'MQTT Workbench' })).toBeVisible();
    await expect(strange.getByText(why)).toBeVisible();
  }
  await strange.goto(url ?? '');
  await expect(strange.getByRole('button', { name: 'Start local broker' })).toBeVisible();
  expect(strange.url()).not.toContain('token');
  const answer = await strange.goto(`${origin}/nothing/here`);
  expect(answer?.status()).toBe(404);
  await expect(strange.getByText('There is nothing at this address.')).toBeVisible();
  await strange.getByRole('link', { name: 'Try again' }).click();
  await expect(strange.getByRole('button', { name: 'Start local broker' })).toBeVisible();
  await stranger?.close();
  expect(workbench.pageErrors).toEqual([]);
});

/** A way to a port that can be cut and mended. */
async function openCable(to: number): Promise<{ readonly port: number; cut(): Promise<void>; mend(): Promise<void> }> {
  const port = await freePort();
  const ends = new Set<net.Socket>();
  let server: net.Server | undefined;
  const mend = async (): Promise<void> => {
    server = net.createServer((near) => {
      const far = net.connect(to, '127.0.0.1');
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        ends.add(end);
        end.on('error', () => other.destroy());
        end.once('close', () => {
          ends.delete(end);
          other.destroy();
        });
        end.pipe(other);
      }
    });
    await once(server.listen(port, '127.0.0.1'), 'listening');
  };
  const cut = async (): Promise<void> => {
    for (const end of ends) end.destroy();
    if (!server?.listening) return;
    server.close();
    await once(server, 'close');
  };
  await mend();
  return { port, cut, mend };
}
