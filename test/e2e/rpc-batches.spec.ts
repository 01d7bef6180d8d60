import type { Locator, Page } from '@playwright/test';
import { connectAsync, type MqttClient } from 'mqtt';
import { goTo, setBrokerPorts, startBroker, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const builder = (page: Page): Locator => page.getByRole('form', { name: 'Call a method' });
const answer = (page: Page): Locator => page.getByRole('region', { name: 'Answer', exact: true });
const way = (page: Page): Locator => page.getByRole('table', { name: 'Way of the call' });
const mode = (page: Page, name: string): Promise<void> => builder(page).getByRole('radio', { name, exact: true }).click();
const field = (page: Page, name: string): Locator => builder(page).getByRole('textbox', { name, exact: true });

/** Three peers: one answers, one fails, one is silent until it is told to answer. */
async function playPeers(port: number): Promise<{ readonly client: MqttClient; readonly wake: () => void }> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'three-peers', protocolVersion: 5 });
  let awake = false;
  client.on('message', (topic, payload) => {
    const { request_id, reply_to } = JSON.parse(payload.toString()) as { readonly request_id: string; readonly reply_to: string };
    if (topic.endsWith('silent') && !awake) return;
    const outcome = topic.endsWith('broken') ? { error: 'the valve is stuck' } : { result: { state: 'running' } };
    client.publish(reply_to, JSON.stringify({ type: 'rpc_response', request_id, ...outcome }), { qos: 1 });
  });
  await client.subscribeAsync('plant/#', { qos: 1 });
  return { client, wake: () => void (awake = true) };
}

test('a call of the demo device is followed through the broker, repeated and cancelled', async ({ workbench }) => {
  const { page } = workbench;
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await goTo(page, 'RPC');
  await page.getByRole('button', { name: 'Call the demo device' }).click();
  await builder(page).getByRole('button', { name: 'Call', exact: true }).click();
  await expect(answer(page)).toContainText('"uptime_seconds"');

  await test.step('who got it, and when', async () => {
    await answer(page).getByRole('radio', { name: 'Details' }).click();
    await expect(way(page).getByRole('rowheader')).toHaveCount(7);
    await expect(way(page).getByRole('rowheader').first()).toContainText('Published by workbench-rpc');
    await expect(way(page).getByRole('rowheader', { name: 'Delivered to demo-thermostat' })).toContainText('QoS 0');
    await expect(way(page).getByRole('rowheader', { name: 'Delivered to workbench-rpc' })).toContainText(/QoS 1, acknowledged after/);
    await expect(way(page).getByRole('rowheader', { name: 'PUBACK came back' })).toContainText('not by the peer');
    await expect(answer(page)).toContainText('a subscription with QoS 1');
  });

  await test.step('fifty times', async () => {
    await mode(page, 'Repeat');
    await field(page, 'Times').fill('50');
    await field(page, 'In flight').fill('5');
    await builder(page).getByRole('button', { name: 'Call 50 times' }).click();
    const panel = page.getByRole('region', { name: 'Repeated call' });
    await expect(panel.getByRole('status').first()).toHaveText('Done');
    await expect(panel).toContainText('50 of 50');
    await expect(panel).toContainText('50 OK');
    await expect(panel).toContainText('Median');
    await expect(panel.getByRole('list', { name: 'Answers by time' })).toBeVisible();
    // It stays while something else is looked at.
    await goTo(page, 'Broker');
    await goTo(page, 'RPC');
    await expect(panel).toContainText('50 of 50');
    await page.getByRole('tab', { name: 'All calls' }).click();
    await expect(page.getByRole('status').filter({ hasText: '51 calls' })).toBeVisible();
    await page.getByRole('tab', { name: 'Call', exact: true }).click();
  });

  await test.step('what cannot be asked for is said at its field', async () => {
    await field(page, 'Times').fill('');
    await expect(builder(page)).toContainText('1 to 1,000,000');
    await field(page, 'Times').fill('100');
    await expect(builder(page)).not.toContainText('1 to 1,000,000');
  });

  await test.step('a slow method, cancelled with the keyboard', async () => {
    await field(page, 'Method').fill('run_self_test');
    await page.keyboard.press('ControlOrMeta+Enter');
    const panel = page.getByRole('region', { name: 'Repeated call' });
    await expect(panel.getByRole('status').first()).toHaveText('Running');
    await panel.getByRole('button', { name: 'Cancel' }).press('Enter');
    await expect(panel.getByRole('status').first()).toHaveText('Cancelled');
    await expect(panel).toContainText('5 Cancelled');
  });

  await test.step('it stops at the first failure', async () => {
    await field(page, 'Method').fill('calibrate');
    await builder(page).getByRole('checkbox', { name: 'Stop at the first failure' }).click();
    await field(page, 'In flight').fill('1');
    await page.keyboard.press('ControlOrMeta+Enter');
    const panel = page.getByRole('region', { name: 'Repeated call' });
    await expect(panel.getByRole('status').first()).toHaveText('Stopped');
    await expect(panel).toContainText('1 of 100');
    await expect(panel).toContainText('calibration failed');
    await panel.getByRole('button', { name: 'Show the first failure' }).click();
    await expect(page.getByRole('region', { name: 'Selected call' }).getByRole('alert')).toContainText('calibration failed');
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('one call goes to many peers, and what each answered is compared', async ({ workbench }) => {
  const { page } = workbench;
  const port = await freePort();
  await startQuietBroker(page, port, await freePort());
  const peers = await playPeers(port);
  await goTo(page, 'RPC');
  await field(page, 'Method').fill('get_state');
  await mode(page, 'Many peers');
  const panel = page.getByRole('region', { name: 'Called peers' });
  const results = page.getByRole('list', { name: 'Results' });
  const dialog = page.getByRole('dialog', { name: 'Choose peers' });

  await test.step('peers are pasted, and what is no topic is named', async () => {
    await builder(page).getByRole('button', { name: 'Choose peers …' }).click();
    await dialog.getByRole('textbox', { name: /^Peers to call/ }).fill('plant/good\nplant/broken\nplant/#');
    await expect(dialog).toContainText('Line 3:');
    await dialog.getByRole('textbox', { name: /^Peers to call/ }).fill('plant/good\nplant/broken\nplant/silent\nplant/good');
    await expect(dialog).toContainText('1 line stand there twice');
    await dialog.getByRole('button', { name: 'Done' }).click();
  });

  await test.step('each outcome stands with its peer', async () => {
    await field(page, 'Time-out').fill('1');
    await field(page, 'In flight').fill('3');
    await builder(page).getByRole('button', { name: 'Call 3 peers' }).click();
    await expect(panel.getByRole('status').first()).toHaveText('Done');
    await expect(results.getByRole('listitem')).toHaveCount(3);
    await expect(results.getByRole('listitem').nth(0)).toContainText('running');
    await expect(results.getByRole('listitem').nth(1)).toContainText('the valve is stuck');
    await expect(results.getByRole('listitem').nth(2)).toContainText('No answer within 1 s');
  });

  await test.step('sorted, filtered, and grouped by what is equal', async () => {
    await panel.getByRole('button', { name: /^Sort by peer/ }).click();
    await expect(results.getByRole('listitem').first()).toContainText('plant/broken');
    await panel.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'Timed out' }).click();
    await expect(results.getByRole('listitem')).toHaveCount(1);
    await expect(results).toContainText('plant/silent');
    await panel.getByRole('radio', { name: /^Equal results/ }).click();
    const groups = page.getByRole('list', { name: 'Equal results' });
    await expect(groups.getByRole('button')).toHaveCount(3);
    await groups.getByRole('button', { name: /stuck/ }).click();
    await expect(results.getByRole('listitem')).toHaveCount(1);
    await panel.getByRole('button', { name: 'Show all peers' }).click();
    await expect(results.getByRole('listitem')).toHaveCount(3);
  });

  await test.step('taken along', async () => {
    await panel.getByRole('button', { name: 'Copy or save the results' }).click();
    await page.getByRole('menuitem', { name: 'Copy as CSV' }).click();
    if (workbench.kind === 'browser') await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('plant/broken,failed,');
  });

  await test.step('the call of one peer, and back', async () => {
    await results.getByRole('listitem').filter({ hasText: 'plant/broken' }).press('Enter');
    await expect(page.getByRole('region', { name: 'Selected call' }).getByRole('alert')).toContainText('the valve is stuck');
    await panel.getByRole('button', { name: 'All peers' }).click();
    await expect(results.getByRole('listitem')).toHaveCount(3);
  });

  await test.step('those without a result are called again', async () => {
    peers.wake();
    await panel.getByRole('button', { name: 'Call 2 again' }).click();
    await expect(panel).toContainText('2 OK');
    await expect(panel).toContainText('1 Failed');
    await expect(panel.getByRole('button', { name: 'Call 1 again' })).toBeVisible();
  });

  await test.step('known services are offered by a filter', async () => {
    await builder(page).getByRole('button', { name: '3 peers …' }).click();
    await dialog.getByRole('searchbox', { name: 'Known services' }).fill('plant/+');
    await expect(dialog.getByRole('option')).toHaveCount(3);
    await dialog.getByRole('button', { name: 'Clear the list' }).click();
    await dialog.getByRole('option', { name: /plant\/good/ }).focus();
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('textbox', { name: /^Peers to call/ })).toHaveValue('plant/good');
    await page.keyboard.press('Escape');
    await expect(builder(page).getByRole('button', { name: 'Call 1 peer' })).toBeVisible();
  });
  await peers.client.endAsync();
  expect(workbench.pageErrors).toEqual([]);
});

test('headers go with a request of MQTT 5 and stand in its record', async ({ workbench }) => {
  const { page } = workbench;
  const port = await freePort();
  await startQuietBroker(page, port, await freePort());
  const peer = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'echo', protocolVersion: 5 });
  peer.on('message', (_topic, _payload, { properties }) => {
    const { responseTopic = '', correlationData, userProperties } = properties ?? {};
    if (correlationData) peer.publish(responseTopic, JSON.stringify(userProperties), { qos: 1, properties: { correlationData } });
  });
  await peer.subscribeAsync('svc/echo', { qos: 1 });
  await goTo(page, 'RPC');
  await builder(page).getByRole('combobox', { name: 'Dialect' }).click();
  await page.getByRole('option', { name: /^MQTT 5, generic/ }).click();
  await field(page, 'Topic').fill('svc');
  await field(page, 'Method').fill('echo');
  await builder(page).getByRole('button', { name: 'Headers' }).click();
  await page.getByRole('button', { name: 'Add a user property' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+Enter');
  await builder(page).getByRole('button', { name: 'Headers (1)' }).click();
  await expect(page.getByRole('dialog')).toContainText('A user property needs a name.');
  await page.getByRole('textbox', { name: 'Name 1' }).fill('trace');
  await page.getByRole('textbox', { name: 'Value 1' }).fill('abc-123');
  await page.keyboard.press('Escape');
  await builder(page).getByRole('button', { name: 'Call', exact: true }).click();
  await expect(answer(page)).toContainText('"trace": "abc-123"');
  await answer(page).getByRole('radio', { name: 'Messages' }).click();
  await expect(answer(page)).toContainText('User property: trace');
  // Once more, with everything that was in it.
  await answer(page).getByRole('button', { name: 'Call again' }).click();
  await answer(page).getByRole('radio', { name: 'Answer' }).click();
  await expect(answer(page)).toContainText('"trace": "abc-123"');
  await peer.endAsync();
  expect(workbench.pageErrors).toEqual([]);
});
