import type { Locator } from '@playwright/test';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { pingreq, type ConnectFields, type Level } from '../conformance/mqtt/wire.ts';
import { violations } from './axe.ts';
import { savedBy, goToBroker, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

test('the inside of the broker: clients, queues, retained messages and charts', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const enter = async (fields: ConnectFields, level: Level = 5): Promise<RawClient> => {
    const client = new RawClient(await dialTcp(port), level);
    await client.connect(fields);
    return client;
  };
  const part = (name: string): Promise<void> => page.getByRole('radiogroup', { name: 'Show', exact: true }).getByRole('radio', { name, exact: true }).click();
  const row = (name: string): Locator => page.getByRole('row', { name: new RegExp(`^(?:Connected|Not connected)? ?${name}`) });
  const ask = page.getByRole('alertdialog');
  await goToBroker(page, 'Clients');
  await expect(page.getByText('No clients yet')).toBeVisible();

  await test.step('a client connects and subscribes, which is seen with all it brought', async () => {
    const watcher = await enter({ clientId: 'watcher' });
    await watcher.subscribe('gone/#');
    const meter = await enter({ clientId: 'meter', username: 'alice', keepAliveSeconds: 60, will: { topic: 'gone/meter', payload: 'lost' } });
    await row('meter').click();
    const detail = page.getByRole('region', { name: 'Client meter' });
    await expect(detail).toContainText('gone/meter');
    await expect(detail).toContainText('None: this client gets no messages.');
    await meter.subscribe({ filter: 'plant/+', qos: 1, noLocal: true, retainAsPublished: true });
    await expect(detail.getByRole('listitem')).toContainText('plant/+');
    await expect(detail.getByRole('listitem')).toContainText('no local');
    await expect(detail.getByText('SUBACK', { exact: false })).toBeVisible();

    await detail.getByRole('button', { name: 'Disconnect …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect “meter”?' });
    await dialog.getByRole('combobox', { name: 'Reason code' }).click();
    await page.getByRole('option', { name: '0x9C Use another server' }).click();
    await dialog.getByRole('textbox', { name: 'Reason in words' }).fill('Go there');
    await dialog.getByRole('textbox', { name: 'Other server' }).fill('broker-2.lab:1883');
    await dialog.getByRole('checkbox', { name: 'Publish its will' }).click();
    await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click();
    const told = await meter.expectPacket('disconnect');
    expect(told.code).toBe(0x9c);
    expect(told.properties).toEqual(
      expect.arrayContaining([
        ['reasonString', 'Go there'],
        ['serverReference', 'broker-2.lab:1883'],
      ]),
    );
    await expect(detail).toContainText('This client is gone');
    await detail.getByRole('button', { name: 'Close' }).click();
    // Its will was kept back.
    await watcher.expectNothing();
    watcher.drop();
  });

  const sender = await enter({ clientId: 'sender' });
  await test.step('who would get a topic', async () => {
    const reader = await enter({ clientId: 'reader' });
    await reader.subscribe({ filter: '$share/team/orders/#', qos: 1 });
    await part('Subscriptions');
    await expect(row('.*reader')).toContainText('team');
    await page.getByRole('searchbox', { name: 'Who would get topic' }).fill('orders/7');
    await expect(row('.*reader')).toContainText('it or another of its group');
    await page.getByRole('searchbox', { name: 'Who would get topic' }).fill('elsewhere');
    await expect(page.getByText('Nobody would get it')).toBeVisible();
    await page.getByRole('searchbox', { name: 'Who would get topic' }).fill('');
    reader.drop();
  });

  await test.step('what waits for a client that is away is seen, discarded and cleared', async () => {
    const keep: ConnectFields = { clientId: 'away', clean: false, properties: [['sessionExpiryInterval', 600]] };
    const away = await enter(keep);
    await away.subscribe({ filter: 'orders/+', qos: 1 });
    away.drop();
    for (const payload of ['first', 'second', 'third']) await sender.publish({ topic: `orders/${payload}`, payload, qos: 1 });
    await part('Sessions');
    await expect(row('away')).toContainText('3');
    await row('away').click();
    const queue = page.getByRole('region', { name: 'Queue' });
    await queue.getByRole('row', { name: /^orders\/second/ }).click();
    await expect(queue.getByRole('region', { name: 'Queued message' })).toContainText('second');
    await queue.getByRole('button', { name: 'Discard …' }).click();
    await ask.getByRole('button', { name: 'Discard' }).click();
    await expect(queue.getByRole('row', { name: /^orders\// })).toHaveCount(2);
    const back = await enter(keep);
    expect([(await back.receive()).topic, (await back.receive()).topic]).toEqual(['orders/first', 'orders/third']);
    await back.disconnect();
    await sender.publish({ topic: 'orders/fourth', qos: 1 });
    await queue.getByRole('button', { name: 'Clear …' }).click();
    await ask.getByRole('button', { name: 'Clear the queue' }).click();
    await expect(queue).toContainText('Nothing waits for this client.');
    const again = await enter(keep);
    await again.expectNothing();
    again.drop();
    await expect(row('away')).toBeVisible();
    await page.getByRole('button', { name: 'End the session …' }).click();
    await ask.getByRole('button', { name: 'End the session' }).click();
    await expect(page.getByText('Nobody is away')).toBeVisible();
  });

  await test.step('a retained message is changed, deleted, brought back, exported and imported', async () => {
    for (const [topic, payload] of [
      ['home/lamp', '{"on":true}'],
      ['home/fan', 'off'],
      ['attic', 'dark'],
    ] as const)
      await sender.publish({ topic, payload, qos: 1, retain: true });
    const given = async (): Promise<readonly string[]> => {
      const newcomer = await enter({ clientId: 'newcomer' });
      await newcomer.subscribe({ filter: '#', qos: 0 });
      newcomer.send(pingreq);
      await newcomer.waitFor('pingresp');
      const found = newcomer.unread.flatMap((packet) => (packet.type === 'publish' ? [`${packet.topic} ${String(packet.payload)}`] : []));
      newcomer.drop();
      return found.toSorted();
    };
    await part('Retained');
    await row('home/lamp').click();
    const detail = page.getByRole('region', { name: 'Retained message', exact: true });
    await expect(detail.getByRole('region', { name: 'Payload' })).toContainText('"on": true');
    await detail.getByRole('button', { name: 'Edit …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit and publish again' });
    await dialog.getByRole('textbox', { name: 'Payload' }).fill('{"on":false}');
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(detail.getByRole('region', { name: 'Payload' })).toContainText('"on": false');
    await expect(detail).toContainText('the broker itself');
    await detail.getByRole('button', { name: 'Delete' }).click();
    await expect(detail).toContainText('No longer retained');
    expect(await given()).toEqual(['attic dark', 'home/fan off']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(detail.getByRole('region', { name: 'Payload' })).toContainText('"on": false');

    const list = page.getByRole('region', { name: 'Retained messages' });
    await page.getByRole('searchbox', { name: 'Find retained messages' }).fill('home/+');
    await expect(list.getByRole('status')).toHaveText('2 messages');
    const file = await savedBy(page, async () => {
      await page.getByRole('button', { name: 'Export to a file' }).click();
      await page.getByRole('menuitem', { name: 'JSON lines, payloads as base64' }).click();
    });
    const lines = file.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { readonly topic: string }).topic).toSorted()).toEqual(['home/fan', 'home/lamp']);
    await page.getByRole('button', { name: 'Delete all that are listed' }).click();
    await expect(ask).toContainText('Delete 2 retained messages?');
    await ask.getByRole('button', { name: 'Delete 2 messages' }).click();
    await expect(page.getByText('No such message')).toBeVisible();
    expect(await given()).toEqual(['attic dark']);
    const changed = Buffer.from(`${lines.join('\n')}\n{"topic":"bad/#","payload":"x"}\n`);
    await page.getByLabel('File with retained messages').setInputFiles({ name: 'retained.jsonl', mimeType: 'text/plain', buffer: changed });
    await expect(page.getByRole('heading', { name: '2 messages imported, 1 line not' })).toBeVisible();
    await expect(list.getByRole('status')).toHaveText('2 messages');
    expect(await given()).toEqual(['attic dark', 'home/fan off', 'home/lamp {"on":false}']);
  });

  await test.step('who got one of the last messages', async () => {
    await part('Messages');
    await page.getByRole('searchbox', { name: 'Find messages' }).fill('lamp');
    await page
      .getByRole('row', { name: /home\/lamp/ })
      .first()
      .click();
    const detail = page.getByRole('region', { name: 'Message', exact: true });
    await detail.getByRole('switch', { name: 'Tracing' }).click();
    await expect(detail).toContainText('This message was not traced');
    await page.getByRole('searchbox', { name: 'Find messages' }).fill('traced');
    await sender.publish({ topic: 'traced', qos: 1 });
    await page.getByRole('row', { name: /traced/ }).click();
    await expect(detail).toContainText('Nobody: no subscription matched its topic.');
  });

  await test.step('the charts show what happened before they were opened', async () => {
    await part('Charts');
    const messages = page.getByRole('region', { name: 'Messages per second', exact: true });
    await expect(messages.locator('canvas')).toBeVisible();
    await page.getByRole('radio', { name: 'Table' }).click();
    const table = page.getByRole('table', { name: 'Numbers of the broker for each second, newest first' });
    await expect(table.getByRole('row').nth(3)).toBeVisible();
    await page.getByRole('radiogroup', { name: 'Show as' }).getByRole('radio', { name: 'Charts' }).click();
    await expect(messages).toContainText('in');
  });
  expect(await violations(workbench, 'charts')).toEqual([]);
  await part('Retained');
  await row('home/fan').click();
  expect(await violations(workbench, 'retained messages')).toEqual([]);
  sender.drop();
  expect(workbench.pageErrors).toEqual([]);
});
