import type { Page } from '@playwright/test';
import { dialMqtt, subscribePacket } from '../support/raw-mqtt.ts';
import { hasMosquitto, test } from './peers.ts';
import {
  addSubscription,
  chooseVersion,
  connectionEntry,
  connectionForm,
  connectionState,
  goTo,
  goToBroker,
  newConnection,
  publish,
  selectTopic,
  setBrokerPorts,
  showSource,
  startBroker,
  subscriptionLine,
  topicRow,
  topicTree,
  valueRegion,
} from './steps.ts';
import { expect, freePort, hasMosquittoClients, mosquittoPub } from './workbench.ts';

test('a connection from its form to a foreign broker, through the day and a restart', async ({ workbench, peers }) => {
  test.skip(!hasMosquitto() || !hasMosquittoClients(), 'mosquitto is not installed');
  const { page } = workbench;
  const { port } = await peers.mosquitto('allow_anonymous true', 'max_qos 1');

  await test.step('made, saved and connected in one go; what was granted stands beside what was asked', async () => {
    await newConnection(page, { name: 'Lab', address: `mqtt://127.0.0.1:${port}` });
    await addSubscription(page, 'lab/#', 2);
    await addSubscription(page, 'other/+/state', 0);
    await expect(subscriptionLine(page, 'lab/#')).toContainText('when connected');
    await page.getByRole('button', { name: 'Save & connect' }).click();
    await expect(connectionState(page)).toContainText(/Connected for 0:\d\d/);
    await expect(subscriptionLine(page, 'lab/#')).toContainText('granted QoS 1, asked 2');
    await expect(subscriptionLine(page, 'other/+/state')).toContainText('granted QoS 0');
    await expect(page.getByRole('contentinfo')).toContainText('1 of 1 connected');
  });

  await test.step('what it subscribes to appears in a tab of its own', async () => {
    await mosquittoPub(port, '-t', 'lab/door', '-m', '{"open":true}', '-q', '1', '-r');
    await mosquittoPub(port, '-t', 'elsewhere/door', '-m', 'not asked for');
    await page.getByRole('button', { name: 'Show topics' }).click();
    await expect(page.getByRole('tab', { name: /Lab$/ })).toHaveAttribute('aria-selected', 'true');
    await selectTopic(page, 'lab/door');
    await expect(valueRegion(page)).toContainText('"open": true');
    await expect(topicRow(page, 'elsewhere')).toHaveCount(0);
    await showSource(page, 'Local broker');
    await expect(page.getByText('The local broker is not running')).toBeVisible();
    await showSource(page, 'Lab');
  });

  await test.step('messages leave through it', async () => {
    const stranger = await dialMqtt(port, { clientId: 'stranger' });
    stranger.send(subscribePacket(['lab/answer'], 1));
    expect((await stranger.next())[0]).toBe(0x90);
    await publish(page, 'lab/answer', '{"to":"everyone"}');
    const message = await stranger.next();
    expect(message[0]).toBe(0x30);
    expect(message.toString()).toContain('lab/answer{"to":"everyone"}');
    stranger.end();
    // It comes back through the subscription, so that it is seen as sent and as received.
    await selectTopic(page, 'lab/answer');
    await expect(messages(page)).toHaveCount(2);
    await expect(messages(page).filter({ hasText: 'sent' })).toHaveCount(1);
  });

  await test.step('it goes on while another place is shown', async () => {
    await selectTopic(page, 'lab/door');
    await goTo(page, 'Settings');
    await expect(topicTree(page)).toHaveCount(0);
    for (let at = 1; at <= 5; at += 1) await mosquittoPub(port, '-t', 'lab/door', '-m', String(at));
    await goTo(page, 'Topics');
    await expect(page.getByRole('heading', { name: 'Topic lab/door' })).toBeVisible();
    await expect(messages(page)).toHaveCount(6);
    await expect(valueRegion(page)).toContainText('5');
  });

  await test.step('a subscription is switched off and on, changed and removed while connected', async () => {
    await goTo(page, 'Connections');
    const line = subscriptionLine(page, 'other/+/state');
    await line.getByRole('switch').click();
    await expect(line).toContainText('off');
    await line.getByRole('switch').click();
    await expect(line).toContainText('granted QoS 0');
    await page.getByRole('button', { name: 'Edit other/+/state' }).click();
    await page.getByRole('textbox', { name: 'Topic filter' }).fill('lab/#');
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(page.getByText('This filter is in the list already.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Topic filter' }).fill('other/room+/state');
    await expect(page.getByText(/"\+" must stand alone in its level/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled();
    await page.getByRole('textbox', { name: 'Topic filter' }).fill('another/state');
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(subscriptionLine(page, 'another/state')).toContainText('granted QoS 0');
    await page.getByRole('button', { name: 'Remove another/state' }).click();
    await expect(page.getByRole('list', { name: 'Subscriptions' }).getByRole('listitem')).toHaveCount(1);
  });

  await test.step('a copy, and its end after a question', async () => {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await expect(connectionState(page)).toContainText('Not saved yet');
    await expect(connectionForm(page).getByLabel('Name', { exact: true })).toHaveValue('Lab copy');
    await expect(subscriptionLine(page, 'lab/#')).toBeVisible();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(connectionEntry(page, 'Lab copy')).toContainText('Disconnected');
    await expect(connectionEntry(page, 'Lab')).toContainText('Connected');
    for (const answer of ['Cancel', 'Delete']) {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Delete …' }).click();
      const question = page.getByRole('alertdialog', { name: 'Delete “Lab copy”?' });
      await expect(question).toContainText('stored passwords');
      await question.getByRole('button', { name: answer }).click();
      await expect(question).toHaveCount(0);
      await expect(connectionEntry(page, 'Lab copy')).toHaveCount(answer === 'Cancel' ? 1 : 0);
    }
    await expect(connectionEntry(page, 'Lab')).toContainText('Connected');
  });

  await test.step('all of it is there after a restart', async () => {
    const again = await workbench.restart();
    await showSource(again, 'Lab');
    await selectTopic(again, 'lab/door');
    await expect(messages(again)).toHaveCount(6);
    await goTo(again, 'Connections');
    await expect(connectionState(again)).toContainText('Disconnected');
    await expect(subscriptionLine(again, 'lab/#')).toContainText('when connected');
    await again.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(subscriptionLine(again, 'lab/#')).toContainText('granted QoS 1, asked 2');
    await again.getByRole('button', { name: 'Show topics' }).click();
    // The retained message comes anew.
    await expect(messages(again)).toHaveCount(7);
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('a broker that goes away and comes back finds its connection waiting', async ({ workbench, peers }) => {
  test.skip(!hasMosquitto() || !hasMosquittoClients(), 'mosquitto is not installed');
  const { page } = workbench;
  const broker = await peers.mosquitto('allow_anonymous true');
  await newConnection(page, { name: 'Lab', address: `mqtt://127.0.0.1:${broker.port}` });
  await addSubscription(page, 'lab/#', 1);
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await expect(subscriptionLine(page, 'lab/#')).toContainText('granted QoS 1');

  await test.step('away: why, and a countdown to the next attempt', async () => {
    await broker.stop();
    await expect(page.getByRole('main').getByRole('alert')).toContainText(
      /connection to 127\.0\.0\.1:\d+ was lost|broker ended the connection|Nothing accepts connections/,
    );
    await expect(connectionState(page)).toContainText(/Attempt \d+ in [1-9]\d* s/);
    await expect(subscriptionLine(page, 'lab/#')).toContainText('when connected');
    await expect(page.getByTitle('Connections: one has a problem')).toBeVisible();
    // Each attempt that fails makes the next wait longer.
    await expect(page.getByRole('main').getByRole('alert')).toContainText('Nothing accepts connections');
    await expect(connectionState(page)).toContainText(/Attempt ([2-9]) in/);
  });

  await test.step('back: by itself, with its subscriptions', async () => {
    await broker.start();
    await expect(connectionState(page)).toContainText('Connected for');
    await expect(subscriptionLine(page, 'lab/#')).toContainText('granted QoS 1');
    await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
    await mosquittoPub(broker.port, '-t', 'lab/door', '-m', 'open');
    await page.getByRole('button', { name: 'Show topics' }).click();
    await expect(topicRow(page, 'door')).toContainText('open');
  });

  await test.step('away again, and given up', async () => {
    await goTo(page, 'Connections');
    await broker.stop();
    await page.getByRole('button', { name: 'Give up' }).click();
    await expect(connectionState(page)).toContainText('Not connected');
    await broker.start();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(connectionState(page)).toContainText('Connected for');
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await expect(connectionState(page)).toContainText('Disconnected');
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('several sources at once: the local broker and two ways into it, each in its tab', async ({ workbench }) => {
  const { page } = workbench;
  const [port, webSocketPort] = [await freePort(), await freePort()];
  await setBrokerPorts(page, port, webSocketPort);
  await startBroker(page);
  for (const [name, address, filter] of [
    ['By TCP', `127.0.0.1:${port}`, 'demo/thermostat/telemetry'],
    ['By WebSocket', `ws://127.0.0.1:${webSocketPort}`, 'demo/thermostat/state'],
  ] as const) {
    await newConnection(page, { name, address });
    await chooseVersion(page, 'MQTT 3.1.1');
    await addSubscription(page, filter, 1);
    await page.getByRole('button', { name: 'Save & connect' }).click();
    await expect(subscriptionLine(page, filter)).toContainText('granted QoS 1');
  }
  await showSource(page, 'By TCP');
  await selectTopic(page, 'demo/thermostat/telemetry');
  await expect(topicRow(page, 'state')).toHaveCount(0);
  await showSource(page, 'By WebSocket');
  await expect(topicRow(page, 'state')).toBeVisible();
  await expect(topicRow(page, 'telemetry')).toHaveCount(0);
  await showSource(page, 'Local broker');
  await expect(topicRow(page, 'telemetry')).toBeVisible();
  await expect(topicRow(page, 'state').first()).toBeVisible();
  // Each tab remembers what was selected in it.
  await expect(page.getByText('No topic selected')).toBeVisible();
  await showSource(page, 'By TCP');
  await expect(page.getByRole('heading', { name: 'Topic demo/thermostat/telemetry' })).toBeVisible();

  await goToBroker(page, 'Clients');
  await expect(page.getByRole('row', { name: /^workbench-[0-9a-f]{8}/ })).toHaveCount(2);
  await goTo(page, 'Connections');
  await connectionEntry(page, 'By TCP').click();
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
  await expect(connectionEntry(page, 'By TCP')).toContainText('Disconnected');
  await showSource(page, 'By TCP');
  // What was seen stays; publishing waits for a connection.
  await expect(topicRow(page, 'telemetry')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Publish', exact: true })).toBeDisabled();
  expect(workbench.pageErrors).toEqual([]);
});

const messages = (page: Page) => page.getByRole('list', { name: 'Messages' }).getByRole('listitem');
