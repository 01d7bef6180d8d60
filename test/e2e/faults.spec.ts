import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { expect as expectThat } from '@playwright/test';
import { violations } from './axe.ts';
import { fileSavedBy, goTo, goToBroker, setBrokerPorts, startBroker } from './steps.ts';
import { onPath } from '../../tools/system.ts';
import { expect, freePort, hasMosquittoClients, mosquittoPub, test } from './workbench.ts';

/** What mosquitto_sub prints, line by line, until it is ended. */
function subscriber(port: number, ...args: readonly string[]) {
  const child = spawn(onPath('mosquitto_sub') ?? '', ['-h', '127.0.0.1', '-p', String(port), ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n').filter((line) => line !== '')));
  return {
    lines,
    async end() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

test('faults meet a real client, are seen in every place, and end with one click', async ({ workbench }) => {
  test.skip(!hasMosquittoClients(), 'mosquitto_pub and mosquitto_sub are not installed');
  const { page } = workbench;
  const port = await freePort();
  await setBrokerPorts(page, port, await freePort());
  await startBroker(page);
  await goToBroker(page, 'Faults');
  await expect(page.getByRole('heading', { name: 'No fault is on' })).toBeVisible();
  const banner = page.getByRole('status').filter({ hasText: 'Faults are on' });
  const device = subscriber(port, '-i', 'lab-device', '-t', 'lab/#', '-q', '1');

  await test.step('a profile of one’s own, with a rule that a stranger feels', async () => {
    await page.getByRole('button', { name: 'New profile' }).click();
    const form = page.getByRole('form', { name: 'Fault profile' });
    await page.getByRole('button', { name: 'Save profile' }).click();
    await expect(form.getByText('Give it a name.')).toBeVisible();
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Twice');
    await form.getByRole('button', { name: 'Add rule' }).click();
    await form.getByRole('combobox', { name: 'What' }).click();
    await page.getByRole('option', { name: /^Duplicate/ }).click();
    await form.getByRole('textbox', { name: 'Topic filter' }).fill('lab/#/x');
    await page.getByRole('button', { name: 'Save profile' }).click();
    await expect(form.getByRole('textbox', { name: 'Topic filter' })).toHaveAttribute('aria-invalid', 'true');
    await form.getByRole('textbox', { name: 'Topic filter' }).fill('lab/#');
    await form.getByRole('radio', { name: 'To clients' }).click();
    expectThat(await violations(workbench, 'the editor of a fault profile')).toEqual([]);
    await page.getByRole('button', { name: 'Save profile' }).click();
    await page.getByRole('button', { name: 'Turn on Twice' }).click();
    await page.getByRole('combobox', { name: 'For' }).click();
    await page.getByRole('option', { name: /^One client/ }).click();
    await page.getByRole('textbox', { name: 'Client id' }).fill('lab-*');
    await page.getByRole('button', { name: 'Turn on', exact: true }).click();
    await expect(banner).toContainText('“Twice” for client lab-*');
    await expect(page.getByRole('list', { name: 'Affected clients' }).getByText('lab-device')).toBeVisible();
    await mosquittoPub(port, '-t', 'lab/a', '-m', 'again', '-q', '1');
    await expect.poll(() => device.lines).toEqual(['again', 'again']);
    await expect(page.getByRole('list', { name: 'Rules of Twice' })).toContainText('1 ×');
    await expect(page.getByRole('row').filter({ hasText: 'PUBLISH duplicated' })).toContainText('lab-device');
    expectThat(await violations(workbench, 'the tab of faults')).toEqual([]);
  });

  await test.step('the banner is there in another place, and ends all', async () => {
    await goTo(page, 'Topics');
    await expect(banner).toBeVisible();
    await expect(page.getByRole('contentinfo', { name: 'Status' }).getByRole('button', { name: '1 fault on' })).toBeVisible();
    await banner.getByRole('button', { name: 'End all faults' }).click();
    await expect(banner).toBeHidden();
    await mosquittoPub(port, '-t', 'lab/a', '-m', 'once', '-q', '1');
    await expect.poll(() => device.lines).toEqual(['again', 'again', 'once']);
  });

  await test.step('what would cut the workbench’s own clients says so first', async () => {
    await goToBroker(page, 'Faults');
    await page.getByRole('button', { name: 'Turn on Broker restart loop' }).click();
    const dialog = page.getByRole('dialog', { name: 'Turn on “Broker restart loop”' });
    await expect(dialog.getByText('Connected now: demo-thermostat.')).toBeVisible();
    await expect(dialog.getByText('This cuts the workbench’s own connections.')).toBeHidden();
    await dialog.getByRole('checkbox', { name: /^Also the workbench’s own clients/ }).click();
    await expect(dialog.getByText('This cuts the workbench’s own connections.')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Turn on and cut own clients' })).toBeVisible();
    // Spared, they stay.
    await dialog.getByRole('checkbox', { name: /^Also the workbench’s own clients/ }).click();
    await dialog.getByRole('button', { name: 'Turn on', exact: true }).click();
    await expect(banner).toContainText('“Broker restart loop” for all clients');
    await goToBroker(page, 'Overview');
    await expect(page.getByText('Connected and publishing')).toBeVisible();
  });

  await test.step('faults end with the broker, from the palette as well', async () => {
    await page.getByRole('button', { name: 'Stop broker' }).click();
    await expect(banner).toBeHidden();
    await goToBroker(page, 'Faults');
    await page.getByRole('button', { name: 'Turn on Lossy' }).click();
    await page
      .getByRole('dialog')
      .getByRole('checkbox', { name: /^Keep it on/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Turn on', exact: true }).click();
    await expect(banner).toContainText('They begin when the broker starts.');
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('end all faults');
    await page.keyboard.press('Enter');
    await expect(banner).toBeHidden();
    const saved = await fileSavedBy(page, async () => {
      await page.getByRole('button', { name: 'Save Twice as a file' }).click();
      await page.getByRole('menuitem', { name: 'As a profile of the workbench' }).click();
    });
    expectThat(saved.name).toBe('twice.faults.json');
    await page
      .getByLabel('File of a fault profile')
      .setInputFiles({ name: 'mine.conf', mimeType: 'text/plain', buffer: Buffer.from('error-CONNACK 5\nshort-PUBLISH TRUE\n') });
    await expect(page.getByRole('form', { name: 'Fault profile' }).getByRole('checkbox', { name: /^short-PUBLISH/ })).toBeChecked();
    await page.getByRole('button', { name: 'Save profile' }).click();
    await expect(page.getByRole('list', { name: 'Fault profiles' }).getByText('mine', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Delete mine' }).click();
    await expect(page.getByText('Profile “mine” deleted')).toBeVisible();
  });
  await device.end();
  expectThat(workbench.pageErrors).toEqual([]);
});

test('a listener in curl mode says goodbye after the first message', async ({ workbench }) => {
  const { page } = workbench;
  const port = await freePort();
  await setBrokerPorts(page, port, await freePort());
  await startBroker(page);
  await goToBroker(page, 'Faults');
  await page.getByRole('switch', { name: `curl mode on mqtt://127.0.0.1:${port}` }).click();
  await expect(page.getByRole('status').filter({ hasText: 'curl mode on 1 listener' })).toBeVisible();
  const socket = net.connect(port, '127.0.0.1');
  let got = '';
  socket.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')));
  const closed = once(socket, 'close');
  // CONNECT as curl sends it, and SUBSCRIBE to what the demo device retains.
  const topic = 'demo/thermostat/availability';
  socket.write(Buffer.from('101800044d5154540402003c000c6375726c3132333435363738', 'hex'));
  socket.write(Buffer.concat([Buffer.from([0x82, topic.length + 5, 0, 1, 0, topic.length]), Buffer.from(topic), Buffer.from([0])]));
  await closed;
  expectThat(got.endsWith('online\u00e0\0')).toBe(true);
});
