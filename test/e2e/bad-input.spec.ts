import { existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from '@playwright/test';
import { dialMqtt, publishPacket } from '../support/raw-mqtt.ts';
import { test } from './peers.ts';
import {
  choosePayloadFormat,
  expectFieldError,
  goTo,
  newConnection,
  publish,
  selectTopic,
  setBrokerPorts,
  showValueAs,
  startBroker,
  startQuietBroker,
  topicRow,
  topicTree,
  valueRegion,
} from './steps.ts';
import { expect, freePort } from './workbench.ts';

test('a port that is taken: said in plain words, with one that is free', async ({ workbench, peers }) => {
  const { page } = workbench;
  const taken = await peers.tcp((socket) => socket.destroy());
  const takenToo = await peers.tcp((socket) => socket.destroy());

  const tcpPort = await test.step('the TCP port, from the start screen', async () => {
    await setBrokerPorts(page, taken, await freePort());
    await goTo(page, 'Start');
    await page.getByRole('button', { name: 'Start local broker' }).click();
    const alert = page.getByRole('main').getByRole('alert');
    await expect(alert).toContainText(`The MQTT (TCP) port ${taken} on 127.0.0.1 is taken: another program, probably another MQTT broker such as mosquitto`);
    const way = alert.getByRole('button', { name: /^Start on port \d+ instead$/ });
    const port = Number(/\d+/.exec((await way.textContent()) ?? '')?.[0]);
    expect(port).not.toBe(taken);
    await expect(alert).toContainText(`use port ${port}, which is free`);
    await way.click();
    await expect(topicRow(page, 'telemetry')).toBeVisible();
    return port;
  });

  await test.step('a stranger reaches the broker there', async () => {
    const peer = await dialMqtt(tcpPort, { clientId: 'stranger' });
    peer.send(publishPacket('lab/door', 'open'));
    await expect(topicRow(page, 'door')).toContainText('open');
    peer.end();
  });

  await test.step('the WebSocket port, from the broker screen', async () => {
    await goTo(page, 'Broker');
    await page.getByRole('button', { name: 'Stop broker' }).click();
    await expect(page.getByText('The local broker is stopped')).toBeVisible();
    await setBrokerPorts(page, await freePort(), takenToo);
    await page.getByRole('button', { name: 'Start local broker' }).click();
    await expect(page.getByText('The local broker could not start')).toBeVisible();
    const alert = page.getByRole('main').getByRole('alert');
    await expect(alert).toContainText(`The WebSocket port ${takenToo} on 127.0.0.1 is taken: another program already listens there.`);
    await alert.getByRole('button', { name: /^Start on port \d+ instead$/ }).click();
    await expect(page.getByText('The local broker is running')).toBeVisible();
    await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
    await expect(page.getByRole('list', { name: 'Listeners' }).getByRole('listitem')).toHaveCount(2);
  });

  await test.step('ports that are none are not saved', async () => {
    for (const [text, why] of [
      ['', /Enter a port from 1 to 65535/],
      ['70000', /Enter a port from 1 to 65535/],
      ['18 83', /Enter a port from 1 to 65535/],
    ] as const) {
      const field = page.getByRole('textbox', { name: 'TCP port' });
      await field.fill(text);
      await expectFieldError(field, why);
      await expect(page.getByRole('button', { name: 'Save ports' })).toBeDisabled();
    }
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('what cannot be published is said at its field, down to the place', async ({ workbench }) => {
  const { page } = workbench;
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  const bar = page.getByRole('form', { name: 'Publish a message' });
  const [topic, payload] = [bar.getByRole('textbox', { name: 'Topic' }), bar.getByRole('textbox', { name: 'Payload' })];
  const send = bar.getByRole('button', { name: 'Publish', exact: true });
  const sent = bar.getByText(/^Published to/);

  await test.step('topics', async () => {
    await payload.fill('1');
    for (const [text, why] of [
      ['', /Enter the topic to publish on/],
      ['lab/+/door', /wildcard "\+" at position 5.*publish to one topic/],
      ['lab/#', /wildcard "#" at position 5/],
      ['lab/\u0000door', /NUL/],
    ] as const) {
      await topic.fill(text);
      await send.click();
      await expectFieldError(topic, why);
      await expect(sent).toHaveCount(0);
    }
  });

  await test.step('payloads', async () => {
    await topic.fill('lab/door');
    for (const [format, text, why] of [
      ['JSON', '{"a": 1,\n "b": }', /not JSON: unexpected "}" in line 2, column 7/],
      ['JSON', '[1, 2', /not JSON: it ends too early, in line 1, column 6/],
      ['JSON', '', /The JSON is empty/],
      ['Hex', '48 65 6', /The byte at position 7 has one hex digit; write two, such as 06/],
      ['Hex', '48 6g', /"g" at position 5 is not a hex digit/],
      ['Base64', 'SGVsbG8*', /"\*" at position 8 does not belong to Base64/],
    ] as const) {
      await choosePayloadFormat(page, format);
      await payload.fill(text);
      await send.click();
      await expectFieldError(payload, why);
      await expect(sent).toHaveCount(0);
    }
  });

  await test.step('none of it was sent; what is right is', async () => {
    await choosePayloadFormat(page, 'Hex');
    await publish(page, 'lab/window', '6f:70 0x65, 6E');
    await selectTopic(page, 'lab/window');
    await expect(valueRegion(page)).toContainText('open');
    await expect(topicRow(page, 'door')).toHaveCount(0);
    await expect(topic).toHaveValue('lab/window');
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('payloads that are not UTF-8, and one of 20 MiB', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const device = await dialMqtt(port, { clientId: 'camera' });

  await test.step('bytes that are no text are shown as bytes, and as text with a notice', async () => {
    device.send(publishPacket('camera/name', Buffer.from([0x66, 0x6f, 0x6f, 0xff, 0xfe, 0x62, 0x61, 0x72])));
    await selectTopic(page, 'camera/name');
    const hex = valueRegion(page).getByRole('group', { name: 'Value in hex' });
    await expect(hex).toContainText('66 6f 6f ff fe 62 61 72');
    await showValueAs(page, 'Text');
    await expect(valueRegion(page)).toContainText('Not valid UTF-8 from byte 3 on');
    await expect(valueRegion(page)).toContainText('foo��bar');
    await page.getByRole('button', { name: 'Show as hex' }).click();
    await expect(hex).toContainText('66 6f 6f ff fe 62 61 72');
  });

  await test.step('of 20 MiB the first part is shown, and the next on request', async () => {
    // One line, which editors like least.
    const payload = Buffer.from(`{"jpeg":"${'/9j/4AAQ'.repeat(2_621_438)}abcde"}`);
    expect(payload.length).toBe(20 * 1024 * 1024);
    device.send(publishPacket('camera/picture', payload, { qos: 1, id: 7 }));
    expect((await device.next()).toString('hex')).toBe('40020007');
    await selectTopic(page, 'camera/picture');
    await expect(valueRegion(page)).toContainText('Large payload: showing the first 10 MiB of 20 MiB', { timeout: 30_000 });
    await expect(valueRegion(page)).toContainText('"jpeg"');
    await page.getByRole('button', { name: 'Load the next 1 MiB' }).click();
    await expect(valueRegion(page)).toContainText('showing the first 11 MiB of 20 MiB');
    await showValueAs(page, 'Hex');
    await expect(valueRegion(page).getByRole('group', { name: 'Value in hex' })).toContainText('7b 22 6a 70 65 67 22 3a');
  });

  await test.step('the page is alive', async () => {
    device.send(publishPacket('camera/alive', 'yes'));
    await expect(topicRow(page, 'alive')).toContainText('yes');
    await goTo(page, 'Broker');
    await expect(page.getByText('The local broker is running')).toBeVisible();
  });
  device.end();
  expect(workbench.pageErrors).toEqual([]);
});

test('100,000 topics: scrolled, walked from end to end, and one of them found', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const tree = topicTree(page);
  const topics = Array.from({ length: 100_000 }, (_, at) => `plant/area${Math.floor(at / 10_000)}/unit${Math.floor(at / 100) % 100}/value${at % 100}`);

  await test.step('they all arrive', async () => {
    const device = await dialMqtt(port, { clientId: 'plant' });
    for (let at = 0; at < topics.length; at += 1000) {
      const batch = topics.slice(at, at + 1000);
      // The acknowledgement of the last one paces the flood to what the broker takes.
      device.send(...batch.map((topic, index) => publishPacket(topic, String(at + index), { qos: index === batch.length - 1 ? 1 : 0 })));
      await device.next();
    }
    device.end();
    await expect(page.getByText('100,000 topics', { exact: true }).first()).toBeVisible();
  });

  await test.step('open in full, by wheel and by scroll bar', async () => {
    await page.getByRole('group', { name: 'Topic tree' }).getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Expand all' }).click();
    await expect(tree.getByRole('treeitem', { name: /^value0\b/ })).toBeVisible();
    await tree.hover();
    await page.mouse.wheel(0, 24 * 150);
    // Row 0 is the plant, 1 an area, 2 a unit: 101 rows each from there.
    await expect(tree.locator('[data-index="155"]')).toContainText('value51');
    await tree.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
    await expect.poll(() => rowsInSight(tree)).toEqual(expect.not.arrayContaining([expect.stringMatching(/Loading/)]));
    expect((await rowsInSight(tree)).length).toBeGreaterThan(10);
    await expect(tree.locator('[data-index="50505"]')).toBeInViewport();
  });

  await test.step('End and Home', async () => {
    await tree.locator('[data-index="50505"]').click();
    await page.keyboard.press('End');
    await expect(page.getByRole('heading', { name: 'Topic plant/area9/unit99/value99' })).toBeVisible();
    await expect(tree.getByRole('treeitem', { selected: true })).toHaveText(/^value99/);
    await expect(valueRegion(page)).toContainText('99999');
    await tree.getByRole('treeitem', { selected: true }).click();
    await page.keyboard.press('Home');
    await expect(tree.getByRole('treeitem', { selected: true })).toHaveText(/^plant/);
    await expect(tree.getByRole('treeitem', { selected: true })).toBeInViewport();
  });

  await test.step('the filter finds one, by parts and as an MQTT filter', async () => {
    await selectTopic(page, 'plant/area7/unit42/value17');
    await expect(valueRegion(page)).toContainText('74217');
    await page.getByRole('searchbox', { name: 'Filter topics' }).fill('plant/+/unit42/value17');
    await expect(page.getByText('10 of 100,000 topics match the MQTT filter')).toBeVisible();
    await expect(tree.getByRole('treeitem', { name: /^value17\b/ })).toHaveCount(10);
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('workspace files that were cut short are kept aside, told about, and not missed', async ({ workbench }) => {
  const { page } = workbench;
  await newConnection(page, { name: 'Lab', address: 'mqtt://127.0.0.1:18830' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible();
  await goTo(page, 'Settings');
  await page.getByRole('radiogroup', { name: 'Theme' }).getByRole('radio', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  const profile = readdirSync(path.join(workbench.workspace, 'connections')).find((name) => name.endsWith('.json')) ?? '';
  const damaged = ['settings.json', path.join('connections', profile)].map((name) => path.join(workbench.workspace, name));
  // They are written when nothing has changed for a moment.
  for (const file of damaged) await expect.poll(() => existsSync(file)).toBe(true);
  const left = damaged.map((file) => readFileSync(file).subarray(0, 40));
  for (const file of damaged) truncateSync(file, 40);

  const again = await workbench.restart();
  for (const [at, file] of damaged.entries()) {
    const name = path.relative(workbench.workspace, file).replaceAll(path.sep, '/');
    const banner = again.getByRole('status').filter({ hasText: `${name} is not valid JSON` });
    await expect(banner).toContainText('The file was kept as');
    const keptAs = path.join(workbench.workspace, (await banner.locator('code').textContent()) ?? '');
    expect(existsSync(file), `${name} is gone`).toBe(false);
    expect(readFileSync(keptAs)).toEqual(left[at]);
    await banner.getByRole('button', { name: 'Dismiss' }).click();
    await expect(banner).toHaveCount(0);
  }

  await setBrokerPorts(again, await freePort(), await freePort());
  await startBroker(again);
  await expect(topicRow(again, 'telemetry')).toBeVisible();
  await newConnection(again, { name: 'Lab', address: 'mqtt://127.0.0.1:18830' });
  await again.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(again.getByRole('button', { name: 'Connect', exact: true })).toBeVisible();
  expect(workbench.pageErrors).toEqual([]);
});

/** What the rows say that are not scrolled out of the tree. */
function rowsInSight(tree: Locator): Promise<readonly string[]> {
  return tree.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    const rows = [...element.querySelectorAll<HTMLElement>('[role="treeitem"]')];
    return rows.filter((row) => row.getBoundingClientRect().bottom > top && row.getBoundingClientRect().top < bottom).map((row) => row.innerText);
  });
}
