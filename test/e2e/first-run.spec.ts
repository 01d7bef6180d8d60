import { expect, freePort, hasMosquittoClients, mosquittoPub, test, type Workbench } from './workbench.ts';
import { goTo, selectTopic, setBrokerPorts, startBroker } from './steps.ts';

test('from an empty workbench to a message of a stranger, and history after a restart', async ({ workbench }) => {
  test.skip(!hasMosquittoClients(), 'mosquitto-clients is not installed');
  const { page } = workbench;
  const port = await freePort();
  await setBrokerPorts(page, port, await freePort());

  await test.step('one click starts the broker, and the demo device is alive', async () => {
    await startBroker(page);
    const tree = page.getByRole('tree', { name: 'Topics' });
    await expect(tree.getByRole('treeitem', { name: /demo/ }).first()).toBeVisible();
  });

  await test.step('a message from mosquitto_pub appears, with its value', async () => {
    await mosquittoPub(port, '-t', 'lab/bench/voltage', '-m', '{"volts": 3.31}', '-q', '1');
    await selectTopic(page, 'lab/bench/voltage');
    await expect(page.getByText('3.31').first()).toBeVisible();
    await expect(page.getByRole('list', { name: 'Messages' }).getByRole('listitem')).toHaveCount(1);
  });

  await test.step('publishing a retained message from the bar', async () => {
    await page.getByRole('textbox', { name: 'Topic', exact: true }).fill('lab/bench/mode');
    await page.getByRole('textbox', { name: 'Payload' }).fill('{"mode":"burst"}');
    await page
      .getByRole('switch', { name: /retain/i })
      .or(page.getByRole('checkbox', { name: /retain/i }))
      .first()
      .click();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await selectTopic(page, 'lab/bench/mode');
    await expect(page.getByText('burst').first()).toBeVisible();
    await expect(page.getByRole('treeitem', { name: /mode/ }).first()).toContainText(/retained/i);
  });

  await test.step('clearing the retained message', async () => {
    await page
      .getByRole('button', { name: /clear retained/i })
      .first()
      .click();
    const confirm = page.getByRole('alertdialog').or(page.getByRole('dialog'));
    if (await confirm.isVisible()) await confirm.getByRole('button', { name: /clear/i }).click();
    await expect(page.getByRole('treeitem', { name: /mode/ }).first()).not.toContainText(/retained/i);
  });

  const restarted = await test.step('after a restart the history is still there', async () => {
    const again = await workbench.restart();
    await goTo(again, 'Topics');
    await selectTopic(again, 'lab/bench/voltage');
    await expect(again.getByText('3.31').first()).toBeVisible();
    return again;
  });

  await test.step('one click stops the broker', async () => {
    await startBroker(restarted);
    await goTo(restarted, 'Broker');
    await restarted.getByRole('button', { name: 'Stop broker' }).first().click();
    await expect(restarted.getByText(/stopped/i).first()).toBeVisible();
  });
  expectNoPageErrors(workbench);
});

function expectNoPageErrors(workbench: Workbench): void {
  expect(workbench.pageErrors).toEqual([]);
}
