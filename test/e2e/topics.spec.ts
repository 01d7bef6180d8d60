import type { Locator } from '@playwright/test';
import { dialMqtt, publishPacket, subscribePacket } from '../support/raw-mqtt.ts';
import { hasMosquitto, test } from './peers.ts';
import {
  addSubscription,
  choosePayloadFormat,
  fillPublish,
  goTo,
  newConnection,
  publish,
  selectTopic,
  showValueAs,
  startQuietBroker,
  topicRow,
  topicTree,
  valueRegion,
} from './steps.ts';
import { expect, freePort, hasMosquittoClients, mosquittoPub } from './workbench.ts';

test('the tree by keyboard alone, filtered and in other orders', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const device = await dialMqtt(port, { clientId: 'device' });
  const topics = ['garage/door', 'home/hall/door', 'home/kitchen/light', 'home/kitchen/temperature', 'shed/window'];
  device.send(...topics.map((topic) => publishPacket(topic, `at ${topic}`)));
  const focused = topicTree(page).locator('[role="treeitem"]:focus');
  const press = async (key: string, lands: string): Promise<void> => {
    await page.keyboard.press(key);
    await expect(focused).toHaveText(new RegExp(`^${lands}`));
  };
  const heading = (topic: string): Locator => page.getByRole('heading', { name: `Topic ${topic}`, exact: true });
  await expect(topicTree(page).getByRole('treeitem')).toHaveCount(10);

  await test.step('arrows, Home, End and letters', async () => {
    await page.keyboard.press('ControlOrMeta+2');
    await page.keyboard.press('F6');
    await page.keyboard.press('F6');
    await expect(focused).toHaveCount(1);
    await press('End', 'window');
    await expect(heading('shed/window')).toBeVisible();
    await press('Home', 'garage');
    await press('ArrowDown', 'door');
    await expect(heading('garage/door')).toBeVisible();
    await expect(valueRegion(page)).toContainText('at garage/door');
    await press('ArrowLeft', 'garage');
    await press('ArrowLeft', 'garage');
    await expect(focused).toHaveAttribute('aria-expanded', 'false');
    await press('ArrowDown', 'home');
    await press('ArrowUp', 'garage');
    await press('ArrowRight', 'garage');
    await expect(focused).toHaveAttribute('aria-expanded', 'true');
    await press('ArrowRight', 'door');
    await page.keyboard.type('ki');
    await expect(focused).toHaveText(/^kitchen/);
    await press('Enter', 'kitchen');
    await expect(focused).toHaveAttribute('aria-expanded', 'false');
    await expect(topicRow(page, 'light')).toHaveCount(0);
    await press('Enter', 'kitchen');
    await expect(topicRow(page, 'light')).toBeVisible();
    await expect(focused).toHaveAttribute('aria-level', '2');
    await expect(focused).toHaveAttribute('aria-posinset', '2');
    await expect(focused).toHaveAttribute('aria-setsize', '2');
    await press('ArrowLeft', 'kitchen');
    await expect(focused).toHaveAttribute('aria-expanded', 'false');
    await press('ArrowLeft', 'home');
    await press('*', 'home');
  });

  await test.step('the menu key', async () => {
    await page.keyboard.press('Shift+F10');
    await expect(page.getByRole('menu')).toBeVisible();
    await expect(page.getByRole('menuitem', { name: 'Collapse everything below' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toHaveCount(0);
    await expect(focused).toHaveText(/^home/);
  });

  const filter = page.getByRole('searchbox', { name: 'Filter topics' });
  const matches = async (text: string, count: string, rows: readonly string[]): Promise<void> => {
    await filter.fill(text);
    await expect(page.getByRole('group', { name: 'Topic tree' }).getByRole('status')).toHaveText(count);
    await expect(topicTree(page).getByRole('treeitem')).toHaveText(rows.map((row) => new RegExp(`^${row}`)));
  };
  await test.step('filters', async () => {
    await page.keyboard.press('ControlOrMeta+f');
    await expect(filter).toBeFocused();
    await matches('DOOR', '2 of 5 topics match', ['garage', 'door', 'home', 'hall', 'door']);
    await matches('home door', '1 of 5 topics matches', ['home', 'hall', 'door']);
    await matches('+/door', '1 of 5 topics matches the MQTT filter', ['garage', 'door']);
    await matches('home/#', '3 of 5 topics match the MQTT filter', ['home', 'hall', 'door', 'kitchen', 'light', 'temperature']);
    await matches('+/+/door', '1 of 5 topics matches the MQTT filter', ['home', 'hall', 'door']);
    await filter.fill('nowhere');
    await expect(page.getByText('No topic fits the filter')).toBeVisible();
    device.send(publishPacket('cellar/nowhere', 'after all'));
    await expect(topicRow(page, 'nowhere')).toContainText('after all');
    await page.getByRole('button', { name: 'Clear filter topics' }).click();
    await expect(topicRow(page, 'shed')).toBeVisible();
  });

  await test.step('orders', async () => {
    const roots = topicTree(page).getByRole('treeitem', { level: 1 });
    const order = async (name: string, expected: readonly string[]): Promise<void> => {
      await page.getByRole('button', { name: /^Order: / }).click();
      await page.getByRole('menuitemradio', { name }).click();
      await expect(page.getByRole('button', { name: `Order: ${name}` })).toBeVisible();
      await expect(roots).toHaveText(expected.map((root) => new RegExp(`^${root}`)));
    };
    device.send(...Array.from({ length: 9 }, () => publishPacket('shed/window', 'rattles')), publishPacket('garage/door', 'opens'));
    await order('Most messages first', ['shed', 'home', 'garage', 'cellar']);
    await order('Newest first', ['garage', 'shed', 'cellar', 'home']);
    await order('By name', ['cellar', 'garage', 'home', 'shed']);
  });
  device.end();
  expect(workbench.pageErrors).toEqual([]);
});

test('the keys go on working after End has led to rows that were still on their way', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const device = await dialMqtt(port, { clientId: 'device' });
  device.send(...Array.from({ length: 3000 }, (_, at) => publishPacket(`long/t${at}`, String(at))));
  await topicRow(page, 'long').click();
  await page.keyboard.press('ArrowRight');
  await expect(topicRow(page, 't0')).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByRole('heading', { name: 'Topic long/t2999' })).toBeVisible();
  device.end();
  expect(workbench.pageErrors).toEqual([]);
  await expect(topicTree(page).locator('[role="treeitem"]:focus')).toHaveText(/^t2999/);
  await page.keyboard.press('Home');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await expect(topicTree(page).locator('[role="treeitem"]:focus')).toHaveText(/^t2998/);
});

test('the history of a topic: followed, held, read back and shown in other ways', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const device = await dialMqtt(port, { clientId: 'counter' });
  let sent = 0;
  const count = (messages: number): void => device.send(...Array.from({ length: messages }, () => publishPacket('lab/counter', `{"n":${(sent += 1)}}`)));
  const list = page.getByRole('list', { name: 'Messages' });
  const rows = list.getByRole('listitem');
  const history = page.getByRole('region', { name: 'Message history' });
  const pill = history.getByRole('button', { name: /new$/ });

  await test.step('it follows', async () => {
    count(200);
    await selectTopic(page, 'lab/counter');
    await expect(history.getByRole('group', { name: 'Message history' })).toContainText('200');
    await expect(rows.first()).toContainText('{"n":200}');
    count(1);
    await expect(rows.first()).toContainText('{"n":201}');
    await expect(valueRegion(page)).toContainText('"n": 201');
    await expect(rows.first()).toContainText('counter');
  });

  await test.step('scrolled away it stands still and counts', async () => {
    await list.hover();
    await page.mouse.wheel(0, 24 * 20);
    const reading = list.getByRole('listitem').filter({ hasText: '{"n":180}' });
    await expect(reading).toBeInViewport();
    const before = await reading.boundingBox();
    count(3);
    await expect(pill).toHaveText('3 new');
    await expect(valueRegion(page)).toContainText('"n": 204');
    expect(await reading.boundingBox()).toEqual(before);
    await pill.click();
    await expect(rows.first()).toContainText('{"n":204}');
    await expect(rows.first()).toBeInViewport();
    await expect(pill).toHaveCount(0);
  });

  await test.step('paused, list and value stand still and count', async () => {
    await history.getByRole('button', { name: 'Pause' }).click();
    count(4);
    await expect(history.getByRole('status')).toHaveText('Paused · 4 new messages since');
    await expect(rows.first()).toContainText('{"n":204}');
    await expect(valueRegion(page)).toContainText('"n": 204');
    await expect(topicRow(page, 'counter')).toContainText('{"n":208}');
    await history.getByRole('button', { name: 'Resume' }).click();
    await expect(rows.first()).toContainText('{"n":208}');
    await expect(valueRegion(page)).toContainText('"n": 208');
  });

  await test.step('an old message stays chosen until told otherwise', async () => {
    await rows.filter({ hasText: '{"n":205}' }).click();
    await expect(valueRegion(page)).toContainText('A message chosen from the history');
    await expect(valueRegion(page)).toContainText('"n": 205');
    count(1);
    await expect(rows.first()).toContainText('{"n":209}');
    await expect(valueRegion(page)).toContainText('"n": 205');
    await page.keyboard.press('ArrowDown');
    await expect(valueRegion(page)).toContainText('"n": 204');
    await page.getByRole('button', { name: 'Back to the newest' }).click();
    await expect(valueRegion(page)).toContainText('"n": 209');
    await expect(page.getByText('A message chosen from the history')).toHaveCount(0);
  });

  await test.step('the oldest is one key away', async () => {
    await rows.first().click();
    await page.keyboard.press('End');
    await expect(rows.filter({ hasText: /\{"n":1\}/ })).toBeInViewport();
    await rows.filter({ hasText: /\{"n":1\}/ }).click();
    await expect(valueRegion(page)).toContainText('"n": 1');
    await page.getByRole('button', { name: 'Back to the newest' }).click();
    await expect(rows.first()).toContainText('{"n":209}');
  });

  await test.step('as JSON, text and bytes', async () => {
    device.send(publishPacket('lab/mixed', '{"long":12345678901234567890,"a":1}'));
    await selectTopic(page, 'lab/mixed');
    // Written anew it would be 12345678901234567000.
    await expect(valueRegion(page)).toContainText('"long": 12345678901234567890');
    await showValueAs(page, 'Text');
    await expect(valueRegion(page)).toContainText('{"long":12345678901234567890,"a":1}');
    await showValueAs(page, 'Hex');
    await expect(valueRegion(page).getByRole('group', { name: 'Value in hex' })).toContainText('7b 22 6c 6f 6e 67 22 3a');
    await showValueAs(page, 'JSON');
    await expect(valueRegion(page)).toContainText('"a": 1');
  });
  device.end();
  expect(workbench.pageErrors).toEqual([]);
});

test('the properties of a message stand in the inspector', async ({ workbench, peers }) => {
  test.skip(!hasMosquitto() || !hasMosquittoClients(), 'mosquitto is not installed');
  const { page } = workbench;
  const { port } = await peers.mosquitto('allow_anonymous true');
  await newConnection(page, { name: 'Lab', address: `mqtt://127.0.0.1:${port}` });
  await addSubscription(page, 'lab/#', 1);
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await expect(page.getByText('granted QoS 1')).toBeVisible();
  const property = (...words: readonly string[]): readonly string[] => ['-D', 'publish', ...words];
  await mosquittoPub(
    port,
    '-V',
    '5',
    '-t',
    'lab/report',
    '-m',
    'all well',
    '-q',
    '1',
    ...property('content-type', 'text/plain'),
    ...property('response-topic', 'lab/answers'),
    ...property('correlation-data', 'call 7'),
    ...property('user-property', 'unit', 'oven'),
    ...property('user-property', 'unit', 'grill'),
    ...property('message-expiry-interval', '60'),
  );
  await page.getByRole('button', { name: 'Show topics' }).click();
  await selectTopic(page, 'lab/report');

  const region = page.getByRole('region', { name: 'Inspector' });
  const fact = (key: string): Locator => region.getByRole('definition').and(region.locator(`dt:text-is("${key}") + dd`));
  await expect(fact('Quality of service')).toContainText('1 (at least once)');
  await expect(fact('Size')).toContainText('8 B');
  await expect(fact('Direction')).toContainText('received');
  await expect(fact('Content type')).toContainText('text/plain');
  await expect(fact('Response topic')).toContainText('lab/answers');
  await expect(fact('Correlation data')).toContainText('63 61 6c 6c 20 37');
  await expect(fact('Message expiry interval')).toContainText('60 s');
  await expect(fact('User property: unit')).toHaveCount(2);
  await page.keyboard.press('ControlOrMeta+i');
  await expect(region).toHaveCount(0);
  await goTo(page, 'Start');
  await goTo(page, 'Topics');
  await expect(region).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+i');
  await expect(fact('Content type')).toContainText('text/plain');
  await mosquittoPub(port, '-t', 'lab/report', '-m', 'plain');
  await expect(region).toContainText('This message has none.');
  expect(workbench.pageErrors).toEqual([]);
});

test('publishing: by key, from what was saved, and clearing what is retained', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const bar = page.getByRole('form', { name: 'Publish a message' });
  const [topic, payload] = [bar.getByRole('textbox', { name: 'Topic' }), bar.getByRole('textbox', { name: 'Payload' })];

  await test.step('with Ctrl+Enter, from wherever one is', async () => {
    await page.keyboard.press('ControlOrMeta+Shift+m');
    await expect(topic).toBeFocused();
    await fillPublish(page, 'lab/lamp', '{"on": true}');
    await payload.press('ControlOrMeta+Enter');
    await expect(page.getByText('Published to lab/lamp')).toBeVisible();
    await expect(topicRow(page, 'lamp')).toContainText('{"on": true}');
    await topicRow(page, 'lamp').click();
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByRole('list', { name: 'Messages' }).getByRole('listitem')).toHaveCount(2);
  });

  await test.step('the selected topic is offered unless one was typed', async () => {
    await publish(page, 'lab/heater', '1');
    await topicRow(page, 'lamp').click();
    await expect(topic).toHaveValue('lab/heater');
    await topic.fill('');
    await topicRow(page, 'heater').click();
    await expect(topic).toHaveValue('lab/heater');
    await topicRow(page, 'lamp').click();
    await expect(topic).toHaveValue('lab/lamp');
    await topicRow(page, 'heater').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Publish here' }).click();
    await expect(topic).toHaveValue('lab/heater');
  });

  await test.step('saved messages survive a restart', async () => {
    await choosePayloadFormat(page, 'Hex');
    await fillPublish(page, 'lab/relay/set', '01 ff');
    await bar
      .getByRole('radiogroup', { name: /^Quality of service/ })
      .getByRole('radio', { name: '1' })
      .click();
    await bar.getByRole('checkbox', { name: 'Retain' }).click();
    await bar.getByRole('button', { name: 'Saved' }).click();
    await page.getByRole('menuitem', { name: 'Save this message …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save this message' });
    await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('relay / set');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Relay on');
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    await expect(bar.getByRole('button', { name: 'Relay on' })).toBeVisible();
  });

  const again = await workbench.restart();
  await goTo(again, 'Start');
  await again.getByRole('button', { name: 'Start local broker' }).click();
  await expect(topicTree(again)).toBeVisible();
  const newBar = again.getByRole('form', { name: 'Publish a message' });
  await test.step('and are sent as they were', async () => {
    await newBar.getByRole('button', { name: 'Saved' }).click();
    await again.getByRole('menuitem', { name: 'Relay on' }).click();
    await expect(newBar.getByRole('textbox', { name: 'Topic' })).toHaveValue('lab/relay/set');
    await expect(newBar.getByRole('textbox', { name: 'Payload' })).toHaveValue('01 ff');
    await expect(newBar.getByRole('radio', { name: 'Hex' })).toBeChecked();
    await expect(newBar.getByRole('checkbox', { name: 'Retain' })).toBeChecked();
    await newBar.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(topicRow(again, 'set')).toContainText('retained');
    expect(await retainedAt(port)).toEqual(['lab/relay/set 01ff']);
    await newBar.getByRole('textbox', { name: 'Payload' }).fill('02');
    await newBar.getByRole('button', { name: 'Relay on' }).click();
    await again.getByRole('menuitem', { name: 'Save changes to “Relay on”' }).click();
    await newBar.getByRole('textbox', { name: 'Payload' }).fill('03');
    await newBar.getByRole('button', { name: 'Relay on' }).click();
    await again.getByRole('menuitem', { name: 'Relay on lab/relay/set' }).click();
    await expect(newBar.getByRole('textbox', { name: 'Payload' })).toHaveValue('02');
    await newBar.getByRole('button', { name: 'Relay on' }).click();
    await again.getByRole('menuitem', { name: 'Delete “Relay on” …' }).click();
    await again.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await expect(newBar.getByRole('button', { name: 'Saved' })).toBeVisible();
  });

  await test.step('a branch of retained values is cleared after their number was told', async () => {
    const device = await dialMqtt(port, { clientId: 'device' });
    device.send(...['lab/a', 'lab/b/c', 'hall/light'].map((name) => publishPacket(name, 'x', { retain: true })), publishPacket('lab/plain', 'x'));
    await expect(topicRow(again, 'light')).toContainText('retained');
    for (const answer of ['Cancel', 'Clear 3 values']) {
      await topicRow(again, 'lab').click({ button: 'right' });
      await again.getByRole('menuitem', { name: 'Clear retained values here and below …' }).click();
      const question = again.getByRole('alertdialog', { name: 'Clear 3 retained values in “lab” and below?' });
      await expect(question).toContainText('cannot be undone');
      await question.getByRole('button', { name: answer }).click();
      await expect(question).toHaveCount(0);
    }
    await expect(again.getByText('3 retained values cleared')).toBeVisible();
    await expect(topicRow(again, 'set')).not.toContainText('retained');
    expect(await retainedAt(port)).toEqual(['hall/light 78']);
    await topicRow(again, 'lab').click({ button: 'right' });
    await again.getByRole('menuitem', { name: 'Clear retained values here and below …' }).click();
    await expect(again.getByText('Nothing to clear')).toBeVisible();
    device.end();
  });
  expect(workbench.pageErrors).toEqual([]);
});

/** What a new subscriber of everything is given by the broker: `topic hex`. */
async function retainedAt(port: number): Promise<readonly string[]> {
  const peer = await dialMqtt(port, { clientId: 'newcomer' });
  peer.send(subscribePacket(['#']));
  await peer.next();
  // Retained messages come before what is published after them [MQTT-3.3.1-6].
  peer.send(publishPacket('end/of/retained', ''));
  const found: string[] = [];
  for (;;) {
    const packet = await peer.next();
    const length = packet.readUInt16BE(2);
    const topic = packet.toString('utf8', 4, 4 + length);
    if (topic === 'end/of/retained') break;
    found.push(`${topic} ${packet.toString('hex', 4 + length)}`);
  }
  peer.end();
  return found.toSorted();
}
