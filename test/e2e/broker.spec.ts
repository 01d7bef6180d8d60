import { setTimeout as sleep } from 'node:timers/promises';
import { dial, dialMqtt, publishPacket, subscribePacket } from '../support/raw-mqtt.ts';
import { goTo, goToBroker, selectTopic, startQuietBroker, valueRegion } from './steps.ts';
import { expect, freePort, hasMosquittoClients, mosquittoPub, test } from './workbench.ts';

test('a message of MQTT 5 through the local broker, with all it carries', async ({ workbench }) => {
  test.skip(!hasMosquittoClients(), 'mosquitto_pub is not installed');
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const property = (...words: readonly string[]): readonly string[] => ['-D', 'publish', ...words];
  await mosquittoPub(
    port,
    ...['-V', '5', '-i', 'oven', '-t', 'lab/report', '-m', '{"ok":true}', '-q', '2'],
    ...property('content-type', 'application/json'),
    ...property('response-topic', 'lab/answers'),
    ...property('user-property', 'unit', 'oven'),
    ...property('user-property', 'place', 'hall'),
    ...property('user-property', 'unit', 'grill'),
  );
  await selectTopic(page, 'lab/report');
  await expect(valueRegion(page)).toContainText('"ok": true');
  const region = page.getByRole('region', { name: 'Inspector' });
  await expect(region).toContainText('oven');
  await expect(region).toContainText('2 (exactly once)');
  await expect(region).toContainText('application/json');
  await expect(region).toContainText('lab/answers');
  const users = region.locator('dt').filter({ hasText: 'User property' });
  await expect(users).toHaveText(['User property: unit', 'User property: place', 'User property: unit']);
  expect(workbench.pageErrors).toEqual([]);
});

const retained = publishPacket('a', 'b', { retain: true });

test('a broker that cannot do everything, and whom it refuses', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await goTo(page, 'Broker');
  const card = page.getByRole('region', { name: 'Capabilities and limits' });
  const refused = page.getByRole('region', { name: 'Refused and cut off' });

  await test.step('what cannot be is said at its field', async () => {
    await card.getByRole('button', { name: 'Change' }).click();
    await card.getByRole('textbox', { name: 'Receive maximum' }).fill('');
    await card.getByRole('textbox', { name: 'Response information' }).fill('answers/#');
    await expect(card).toContainText('Enter a number from 1 to 65535.');
    await expect(card).toContainText('neither + nor #');
    await expect(card.getByRole('button', { name: 'Save limits' })).toBeDisabled();
    await card.getByRole('button', { name: 'Set defaults' }).click();
    await expect(card.getByRole('textbox', { name: 'Receive maximum' })).toHaveValue('1000');
  });

  await test.step('less is offered after a restart of the broker', async () => {
    await card.getByRole('combobox', { name: 'Maximum QoS' }).click();
    await page.getByRole('option', { name: 'QoS 0' }).click();
    await card.getByRole('checkbox', { name: 'Retained messages' }).click();
    await card.getByRole('button', { name: 'Save and restart the broker' }).click();
    await expect(card).toContainText('QoS up to 0, no retained messages');
    // The page says that the broker runs before it stops, too. Only the new one cuts off who publishes a retained message.
    await expect(async () => {
      const probe = await dialMqtt(port, { clientId: 'probe' });
      probe.send(retained);
      const cutOff = await Promise.race([probe.closed().then(() => true), sleep(1000, false)]);
      probe.end();
      expect(cutOff).toBe(true);
    }).toPass();
  });

  await test.step('who asks for more is cut off, which is listed with its reason', async () => {
    await goToBroker(page, 'Clients');
    await page.getByRole('radiogroup', { name: 'Show', exact: true }).getByRole('radio', { name: 'Refused' }).click();
    await expect(refused.getByRole('row').filter({ hasText: 'probe' })).toContainText('keeps no retained messages');
    const stranger = await dial(port);
    stranger.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await stranger.closed();
    const meter = await dialMqtt(port, { clientId: 'meter' });
    meter.send(retained);
    await meter.closed();
    await expect(refused.getByRole('row').filter({ hasText: 'The client speaks HTTP' })).toContainText('unknown');
    await expect(refused.getByRole('row').filter({ hasText: 'meter' })).toContainText('keeps no retained messages');
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('retained messages that are there again after a restart of the broker', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await goTo(page, 'Broker');
  const place = page.getByRole('combobox', { name: 'Sessions and retained messages' });

  await test.step('with aedes there is no choice, which is said', async () => {
    await page.getByRole('combobox', { name: 'Engine' }).click();
    await page.getByRole('option', { name: 'aedes' }).click();
    await expect(place).toBeDisabled();
    await expect(page.getByText('The engine aedes keeps them in memory only.')).toBeVisible();
    await page.getByRole('button', { name: 'Discard' }).click();
  });

  const restart = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Stop broker' }).click();
    await expect(page.getByText('The local broker is stopped')).toBeVisible();
    await page.getByRole('button', { name: 'Start local broker' }).first().click();
    await expect(page.getByText('The local broker is running')).toBeVisible();
  };

  await test.step('they are kept in a file from the next start on', async () => {
    await place.click();
    await page.getByRole('option', { name: 'In a file of the workspace' }).click();
    await page.getByRole('button', { name: 'Save ports' }).click();
    await expect(page.getByRole('button', { name: 'Save ports' })).toHaveCount(0);
    await restart();
    const lamp = await dialMqtt(port, { clientId: 'lamp' });
    lamp.send(publishPacket('lamp/state', 'on', { qos: 1, retain: true }));
    // PUBACK: it is kept.
    expect((await lamp.next())[0]).toBe(0x40);
    await restart();
    const reader = await dialMqtt(port, { clientId: 'reader' });
    reader.send(subscribePacket(['lamp/#']));
    await reader.next();
    expect(await reader.next()).toEqual(publishPacket('lamp/state', 'on', { retain: true }));
  });
  expect(workbench.pageErrors).toEqual([]);
});
