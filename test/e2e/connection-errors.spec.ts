import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { hasMosquitto, hasOpenssl, mosquittoPassword, test } from './peers.ts';
import {
  addSubscription,
  chooseVersion,
  connectionForm,
  connectionState,
  expectFieldError,
  fillConnection,
  goTo,
  newConnection,
  openSection,
  setBrokerPorts,
  startBroker,
  topicRow,
} from './steps.ts';
import { expect, freePort } from './workbench.ts';

test('every failure to connect stands on the screen of the connection, with what to do', async ({ workbench, peers }) => {
  const { page } = workbench;
  await newConnection(page, { name: 'Bench' });

  await test.step('an address that is none is told while typing, and not saved', async () => {
    const address = connectionForm(page).getByLabel('Address', { exact: true });
    for (const [text, why] of [
      ['', /Enter the address of the broker/],
      ['mqtt://', /Enter the address of the broker/],
      ['not an address', /contains a space/],
      ['http://127.0.0.1:1883', /is a web address.*write ws:/],
      ['mqtt://127.0.0.1:99999', /99999 is not a port/],
      ['mqtt://127.0.0.1:1883/path', /have no path/],
      ['gopher://127.0.0.1', /not an MQTT address/],
      ['mqtt://::1:1883', /brackets/],
    ] as const) {
      await address.fill(text);
      await page.getByRole('button', { name: 'Save & connect' }).click();
      await expectFieldError(address, why);
    }
    await expect(connectionState(page)).toContainText('Not saved yet');
  });

  await test.step('nobody listens', async () => {
    const port = await freePort();
    await failsToConnect(page, `mqtt://127.0.0.1:${port}`, `Nothing accepts connections at 127.0.0.1:${port}`, 'Check that the broker is running');
  });

  await test.step('no such host', async () => {
    // A machine without a name server cannot know whether it exists (RFC 6761 §6.4).
    await failsToConnect(
      page,
      'mqtt://no-such-host.invalid',
      /There is no host named "no-such-host.invalid"|"no-such-host.invalid" could not be looked up/,
      /use the IP address/,
    );
  });

  await test.step('a web server', async () => {
    const port = await peers.http();
    await failsToConnect(page, `mqtt://127.0.0.1:${port}`, `A web server answers at 127.0.0.1:${port}, not an MQTT broker`, 'Check the port');
    await failsToConnect(page, `ws://127.0.0.1:${port}/mqtt`, /refused the WebSocket at "\/mqtt" \(HTTP 400\)/, 'Check the path');
  });

  await test.step('TLS asked of a port that has none', async () => {
    const talker = await peers.tcp((socket) => socket.once('data', () => socket.end('What is this?\r\n')));
    await failsToConnect(page, `mqtts://127.0.0.1:${talker}`, `127.0.0.1:${talker} does not speak TLS`, 'Use mqtt:// instead of mqtts://');
    // What brokers do with a ClientHello: it is no CONNECT.
    const broker = await peers.tcp((socket) => socket.once('data', () => socket.end()));
    await failsToConnect(
      page,
      `mqtts://127.0.0.1:${broker}`,
      `127.0.0.1:${broker} accepts the connection but does not answer the TLS handshake`,
      'try mqtt://',
    );
  });

  await test.step('no TLS where the broker wants it', async () => {
    // RFC 8446 §6: a fatal alert, protocol_version. Servers on OpenSSL close without a word instead.
    const talker = await peers.tcp((socket) => socket.once('data', () => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 70]))));
    await failsToConnect(page, `mqtt://127.0.0.1:${talker}`, `127.0.0.1:${talker} expects TLS`, 'Use mqtts:// instead of mqtt://');
    if (!hasOpenssl()) return;
    const silent = await peers.tls();
    await failsToConnect(page, `mqtt://127.0.0.1:${silent}`, `127.0.0.1:${silent} closed the connection without answering CONNECT`, /speaks MQTT|mqtts:\/\//);
    await failsToConnect(page, `mqtts://127.0.0.1:${silent}`, /certificate of 127\.0\.0\.1:\d+ is signed by itself/, 'trust it for this connection');
  });

  await test.step('something else that talks first', async () => {
    const port = await peers.tcp((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    await failsToConnect(page, `mqtt://127.0.0.1:${port}`, `What answers at 127.0.0.1:${port} does not speak MQTT`, 'Check the host and the port');
  });

  await test.step('a refusal in the words of MQTT 3.1.1 and of MQTT 5', async () => {
    // §3.2.2.3 of 3.1.1: 4 is "bad user name or password"; §3.2.2.2 of 5: 0x86 is the same.
    const port = await peers.tcp((socket) =>
      socket.once('data', (connect) => socket.end(connect[8] === 5 ? Buffer.from([0x20, 3, 0, 0x86, 0]) : Buffer.from([0x20, 2, 0, 4]))),
    );
    await fillConnection(page, { userName: 'bench', password: 'wrong' });
    for (const version of ['MQTT 5', 'MQTT 3.1.1'] as const) {
      await chooseVersion(page, version);
      await failsToConnect(page, `mqtt://127.0.0.1:${port}`, /bad user name or password/i, 'enter the password again');
      await fillConnection(page, { address: 'mqtt://127.0.0.1' });
    }
  });

  await test.step('a peer that says nothing can be given up', async () => {
    const port = await peers.tcp(() => undefined);
    await fillConnection(page, { address: `mqtt://127.0.0.1:${port}` });
    await page.getByRole('button', { name: 'Save & connect' }).click();
    await expect(connectionState(page)).toContainText('Connecting');
    await page.getByRole('button', { name: 'Abort' }).click();
    await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible();
    await fillConnection(page, { address: `mqtt://127.0.0.1` });
    await openSection(page, 'Session');
    await connectionForm(page).getByLabel('Connect time-out').fill('1');
    await failsToConnect(
      page,
      `mqtt://127.0.0.1:${port}`,
      `127.0.0.1:${port} accepts the connection but does not answer CONNECT`,
      'Check that this port speaks MQTT',
    );
  });

  await test.step('all the rest works as before, this connection included', async () => {
    const port = await freePort();
    await setBrokerPorts(page, port, await freePort());
    await startBroker(page);
    await expect(topicRow(page, 'telemetry')).toBeVisible();
    await goTo(page, 'Connections');
    await fillConnection(page, { address: `mqtt://127.0.0.1:${port}` });
    await page.getByRole('button', { name: 'Save & connect' }).click();
    await expect(connectionState(page)).toContainText('Connected for');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await addSubscription(page, 'demo/thermostat/#', 0);
    await page.getByRole('button', { name: 'Show topics' }).click();
    await expect(topicRow(page, 'telemetry')).toBeVisible();
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('a wrong password of a real broker, then the right one', async ({ workbench, peers }) => {
  test.skip(!hasMosquitto(), 'mosquitto is not installed');
  const { page } = workbench;
  const secret = 'right-hand-secret';
  const broker = await peers.mosquitto('allow_anonymous false', `password_file ${peers.file('passwords', mosquittoPassword('bench', secret))}`);
  await newConnection(page, { name: 'Guarded', address: `mqtt://127.0.0.1:${broker.port}`, userName: 'bench', password: 'wrong' });
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await expect(page.getByRole('alert')).toContainText(/refused the connection: .*not authori[sz]ed/i);
  await expect(page.getByRole('alert')).toContainText('enter a user name and password that may connect');
  await page.getByRole('button', { name: 'Replace: Password' }).click();
  await fillConnection(page, { password: secret });
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await expect(connectionState(page)).toContainText('Connected for');
  await expect(page.getByText('Stored, never shown')).toBeVisible();
  const files = readdirSync(workbench.workspace, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const telling = files.map((entry) => path.join(entry.parentPath, entry.name)).filter((file) => readFileSync(file).includes(secret));
  expect(telling, 'files that hold the password in plain text').toEqual([]);
  expect(files.some((entry) => entry.parentPath.endsWith('connections'))).toBe(true);
  expect(workbench.pageErrors).toEqual([]);
});

/** Saves the open connection with this address, connects, and expects to be told why that failed. */
async function failsToConnect(page: Page, address: string, message: string | RegExp, advice: string | RegExp): Promise<void> {
  await fillConnection(page, { address });
  await page.getByRole('button', { name: 'Save & connect' }).click();
  const alert = page.getByRole('alert').filter({ hasText: message });
  await expect(alert).toBeVisible();
  await expect(alert).toContainText(advice);
  await expect(connectionState(page)).toContainText('Not connected');
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible();
}
