import { spawn, type ChildProcess } from 'node:child_process';
import process from 'node:process';
import { projectFolder } from '../../tools/project.ts';
import { hasRedis, RedisServer } from '../support/redis-server.ts';
import { violations } from './axe.ts';
import { goToBroker, setBrokerPorts } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

test.skip(!hasRedis(), 'redis-server is not installed');

const patience = { timeout: 20_000 };

test('one broker of two that share a Redis, which goes away and comes back empty', async ({ workbench }) => {
  const { page } = workbench;
  const server = await RedisServer.start();
  let other: ChildProcess | undefined;
  try {
    const settings = page.getByRole('region', { name: 'Settings', exact: true });
    await test.step('an address where nothing is says so, in the test and at the start', async () => {
      await setBrokerPorts(page, await freePort(), await freePort());
      await goToBroker(page, 'Redis');
      await expect(page.getByText('Redis is not in use')).toBeVisible();
      const nobody = await freePort();
      await settings.getByRole('textbox', { name: 'Address' }).fill(`redis://127.0.0.1:${nobody}/0`);
      await settings.getByRole('checkbox', { name: 'Use Redis' }).check();
      await settings.getByRole('button', { name: 'Test' }).click();
      await expect(page.getByRole('alert')).toContainText('nothing listens there (connection refused)');
      await settings.getByRole('button', { name: 'Save', exact: true }).click();
      await goToBroker(page, 'Overview');
      await page.getByRole('button', { name: 'Start local broker' }).click();
      await expect(page.getByText(`Redis at redis://127.0.0.1:${nobody}/0 cannot be used`).first()).toBeVisible(patience);
    });
    await test.step('with the right one the broker starts, and sees the other one', async () => {
      await goToBroker(page, 'Redis');
      await settings.getByRole('textbox', { name: 'Address' }).fill(server.url);
      await settings.getByRole('button', { name: 'Test' }).click();
      await expect(page.getByText(/It works: Redis \d/)).toBeVisible();
      await settings.getByRole('button', { name: 'Save', exact: true }).click();
      await goToBroker(page, 'Overview');
      await page.getByRole('button', { name: 'Start local broker' }).click();
      await goToBroker(page, 'Redis');
      await expect(page.getByText('Connected to Redis')).toBeVisible(patience);
      other = spawn(process.execPath, [`${projectFolder}/src/main/engine/broker/cli/cli.ts`, '--port', '0', '--redis', server.url], { stdio: 'ignore' });
      await expect(page.getByText('1 other broker')).toBeVisible(patience);
      await expect(page.getByRole('table').getByText('this broker')).toBeVisible();
      expect(await violations(workbench, 'the place Redis')).toEqual([]);
    });
    await test.step('while it is away the page says what that means, and afterwards what became of the data', async () => {
      await server.kill();
      await expect(page.getByText('Redis is away', { exact: true })).toBeVisible(patience);
      await expect(page.getByRole('alert')).toContainText('QoS 1 and 2 are not acknowledged until Redis is back');
      await server.start();
      await expect(page.getByText('Connected to Redis')).toBeVisible(patience);
      await expect(page.getByText('Redis came back with other data')).toBeVisible(patience);
    });
  } finally {
    other?.kill('SIGKILL');
    await server.close();
  }
});
