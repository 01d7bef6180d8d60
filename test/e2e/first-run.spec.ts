import { expect, freePort, hasMosquittoClients, mosquittoPub, test } from './workbench.ts';
import { goTo, publish, selectTopic, setBrokerPorts, startBroker, topicRow, topicTree, valueRegion } from './steps.ts';

test('from an empty workbench to a message of a stranger, and history after a restart', async ({ workbench }) => {
  test.skip(!hasMosquittoClients(), 'mosquitto-clients is not installed');
  const { page } = workbench;
  const port = await freePort();
  await setBrokerPorts(page, port, await freePort());

  await test.step('one click starts the broker, and the demo device is alive', async () => {
    await startBroker(page);
    const telemetry = topicRow(page, 'telemetry');
    await expect(telemetry).toBeVisible();
    const before = await telemetry.textContent();
    await expect(telemetry).not.toHaveText(before ?? '');
  });

  await test.step('a message from mosquitto_pub appears, with its value', async () => {
    await mosquittoPub(port, '-t', 'lab/bench/voltage', '-m', '{"volts": 3.31}', '-q', '1', '-i', 'bench-4');
    await selectTopic(page, 'lab/bench/voltage');
    await expect(valueRegion(page)).toContainText('3.31');
    await expect(valueRegion(page)).toContainText('QoS 1');
    await expect(valueRegion(page)).toContainText('bench-4');
    await expect(page.getByRole('list', { name: 'Messages' }).getByRole('listitem')).toHaveCount(1);
  });

  await test.step('publishing a retained message from the bar', async () => {
    await page.getByRole('checkbox', { name: 'Retain' }).click();
    await publish(page, 'lab/bench/mode', '{"mode":"burst"}');
    await selectTopic(page, 'lab/bench/mode');
    await expect(valueRegion(page)).toContainText('burst');
    await expect(topicRow(page, 'mode')).toContainText('retained');
  });

  await test.step('clearing the retained message', async () => {
    await page.getByRole('button', { name: 'Clear retained value' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Clear retained value' }).click();
    await expect(topicRow(page, 'mode')).not.toContainText('retained');
    await expect(page.getByRole('button', { name: 'Clear retained value' })).toBeHidden();
  });

  const restarted = await test.step('after a restart the history is still there', async () => {
    const again = await workbench.restart();
    await goTo(again, 'Topics');
    await selectTopic(again, 'lab/bench/voltage');
    await expect(valueRegion(again)).toContainText('3.31');
    return again;
  });

  await test.step('one click stops the broker', async () => {
    await goTo(restarted, 'Broker');
    await restarted.getByRole('button', { name: 'Start local broker' }).click();
    await restarted.getByRole('button', { name: 'Stop broker' }).click();
    await expect(restarted.getByText('The local broker is stopped')).toBeVisible();
    await goTo(restarted, 'Topics');
    await expect(topicTree(restarted)).toBeVisible();
  });
  expect(workbench.pageErrors).toEqual([]);
});
