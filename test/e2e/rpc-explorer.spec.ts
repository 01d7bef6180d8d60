import type { Locator, Page } from '@playwright/test';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { goTo, startQuietBroker } from './steps.ts';
import { expect, freePort, test as base } from './workbench.ts';

const services = (page: Page): Locator => page.getByRole('tree', { name: 'Services' });
const treeLine = (page: Page, name: string): Locator => services(page).getByRole('treeitem', { name: new RegExp(`\\b${name}\\b`) });
const builder = (page: Page): Locator => page.getByRole('form', { name: 'Call a method' });
const answer = (page: Page): Locator => page.getByRole('region', { name: 'Answer', exact: true });
const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click();
const call = (page: Page): Promise<void> => builder(page).getByRole('button', { name: 'Call', exact: true }).click();
const expectState = (page: Page, state: string): Promise<void> => expect(answer(page).getByRole('status').first()).toContainText(state);

/** Replaces the text of a code editor as a person would. */
async function write(page: Page, editor: Locator, text: string): Promise<void> {
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  if (text !== '') await page.keyboard.insertText(text);
}

/** Clients of other programs, on the local broker of the workbench. */
interface Clients {
  connect(options: IClientOptions): Promise<MqttClient>;
}

const test = base.extend<{ readonly clients: Clients }>({
  clients: async ({ workbench }, use) => {
    const port = await startQuietBroker(workbench.page, await freePort(), await freePort());
    await goTo(workbench.page, 'RPC');
    const opened: MqttClient[] = [];
    await use({
      async connect(options) {
        const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 0, ...options });
        // What becomes of a connection that is broken on purpose is what the test is about.
        client.on('error', () => undefined);
        opened.push(client);
        return client;
      },
    });
    for (const client of opened) client.end(true);
  },
});

/** Answers as a Shelly of the second generation does. */
async function shelly(clients: Clients, id: string): Promise<MqttClient> {
  const device = await clients.connect({ clientId: id });
  device.on('message', (_topic, payload) => {
    const { id: request, src, method } = JSON.parse(payload.toString()) as { id: number; src: string; method: string };
    const outcome = method === 'Switch.Set' ? { result: { was_on: false } } : { error: { code: 404, message: `No handler for ${method}` } };
    void device.publishAsync(`${src}/rpc`, JSON.stringify({ id: request, src: id, dst: src, ...outcome }), { qos: 1 });
  });
  await device.subscribeAsync(`${id}/rpc`, { qos: 1 });
  return device;
}

test('a dialect that is described in the dialog is recognised, called in, and found out by itself', async ({ workbench, clients }) => {
  const { page } = workbench;
  await shelly(clients, 'plug-1');
  const app = await clients.connect({ clientId: 'app' });

  await test.step('from an example, tried with a message', async () => {
    await builder(page).getByRole('combobox', { name: 'Dialect' }).click();
    await page.getByRole('option', { name: 'Own dialects …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Dialects of your own' });
    await dialog.getByRole('button', { name: 'Shelly, second generation' }).click();
    const tried = dialog.getByRole('region', { name: 'Try a message' });
    await expect(tried).toContainText('Switch.Set');
    await tried.getByRole('textbox', { name: 'Payload' }).fill('{"id": 3, "result": 1}');
    await expect(tried).toContainText('Answer');
    await expect(dialog.getByRole('region', { name: 'Preview a request' })).toContainText('"src":"workbench-rpc"');
    const id = dialog.getByRole('group', { name: 'Request' }).getByRole('textbox', { name: 'Id', exact: true });
    await id.fill('id');
    await expect(id).toHaveAccessibleDescription(/JSON pointer/);
    await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    await id.fill('/id');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Shelly');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByRole('navigation', { name: 'Dialects' }).getByRole('button', { name: 'Shelly' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect(dialog).toBeHidden();
  });

  await test.step('calls of others are seen in it', async () => {
    await app.publishAsync('plug-1/rpc', '{"id":7,"src":"app","method":"Switch.Set","params":{"on":true}}', { qos: 1 });
    await expect(treeLine(page, 'Switch.Set')).toContainText('1 call');
  });

  await test.step('Auto knows it by then, and calls in it', async () => {
    await builder(page).getByRole('textbox', { name: 'Topic', exact: true }).fill('plug-1');
    await expect(builder(page)).toContainText('Auto: Shelly, heard last on this topic');
    await builder(page).getByRole('textbox', { name: 'Method' }).fill('Switch.Set');
    await call(page);
    await expectState(page, 'OK');
    await expect(answer(page)).toContainText('"was_on": false');
    await builder(page).getByRole('textbox', { name: 'Method' }).fill('Nope');
    await call(page);
    await expectState(page, 'Failed');
    await expect(answer(page)).toContainText('METHOD_NOT_FOUND');
  });

  await test.step('it outlives a restart', async () => {
    const again = await workbench.restart();
    await goTo(again, 'RPC');
    await builder(again).getByRole('combobox', { name: 'Dialect' }).click();
    await expect(again.getByRole('option', { name: /^Shelly/ })).toBeVisible();
  });
});

test('a peer is shown online until its will says that it is gone, which explains calls to it', async ({ workbench, clients }) => {
  const { page } = workbench;
  const said = (status: string): string => JSON.stringify({ status, timestamp: Math.floor(Date.now() / 1000) });
  await tab(page, 'Peers');
  await expect(page.getByRole('region', { name: 'Peers' })).toContainText('Nobody seen yet');
  const will = { topic: '$presence/device_123', payload: Buffer.from(said('offline')), qos: 1, retain: true } as const;
  const device = await clients.connect({ clientId: 'device_123', will });
  await device.publishAsync('$presence/device_123', said('online'), { qos: 1, retain: true });
  await device.subscribeAsync(['rpc/r/device_123', '$presence/device_123/kick'], { qos: 1 });
  const kicks: string[] = [];
  device.on('message', (topic, payload, { properties }) => {
    if (topic.endsWith('/kick')) kicks.push(payload.toString());
    else if (properties?.responseTopic !== undefined && properties.correlationData)
      void device.publishAsync(properties.responseTopic, '{"result": true}', { qos: 1, properties: { correlationData: properties.correlationData } });
  });
  const line = page.getByRole('list', { name: 'Peers' }).getByRole('listitem').filter({ hasText: 'device_123' });
  const peer = page.getByRole('region', { name: 'Peer', exact: true });

  await test.step('pinged, and asked to leave', async () => {
    await expect(line).toContainText('connected');
    await line.click();
    await peer.getByRole('button', { name: 'Ping (mqttxx 4)' }).click();
    await expect(peer.getByRole('status')).toContainText(/^Alive: fastest/);
    await peer.getByRole('button', { name: 'Ask to leave …' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Ask it to leave' }).click();
    await expect.poll(() => kicks).toEqual(['{"reason": "duplicate_connection"}']);
  });

  await test.step('lost: the broker sends the will', async () => {
    device.stream.destroy();
    await expect(line).toContainText('offline');
    await expect(peer).toContainText('of a will, when it had connected');
  });

  await test.step('a time-out has its reason', async () => {
    await tab(page, 'Call');
    // Somebody has to get the request, or the broker says at once that nobody does.
    const other = await clients.connect({ clientId: 'other' });
    await other.subscribeAsync('edge/#', { qos: 1 });
    await builder(page).getByRole('textbox', { name: 'Topic', exact: true }).fill('edge/device_123');
    await builder(page).getByRole('textbox', { name: 'Method' }).fill('get_status');
    await builder(page).getByRole('textbox', { name: 'Time-out' }).fill('0.2');
    await call(page);
    await expectState(page, 'Failed');
    await expect(answer(page)).toContainText('3007 PEER_UNREACHABLE');
    await expect(answer(page)).toContainText('The presence of "device_123" says that it is offline.');
    await expect(treeLine(page, 'edge/device_123')).toContainText('offline');
  });

  await test.step('its retained presence is cleared', async () => {
    await tab(page, 'Peers');
    await line.click();
    await peer.getByRole('button', { name: 'Clear presence …' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Clear the presence' }).click();
    await expect(peer).toContainText('none seen');
    const late = await clients.connect({ clientId: 'late' });
    const retained: string[] = [];
    late.on('message', (topic) => retained.push(topic));
    await late.subscribeAsync('$presence/#', { qos: 1 });
    // Retained messages come before the answer to what is sent after the subscription.
    await late.publishAsync('any', 'thing', { qos: 1 });
    expect(retained).toEqual([]);
  });
});

test('events are shown as they come, stand still when asked to, and are sent', async ({ workbench, clients }) => {
  const { page } = workbench;
  const sensor = await clients.connect({ clientId: 'sensor' });
  const event = (n: number): string =>
    JSON.stringify({ type: 'event', event_type: n % 2 === 0 ? 'door.open' : 'door.closed', data: { n }, timestamp: 1_700_000_000.5, source: 'sensor_1' });
  await tab(page, 'Events');
  const list = page.getByRole('list', { name: 'Events' });
  const panel = page.getByRole('region', { name: 'Events' });
  await expect(panel).toContainText('No events seen yet');
  for (let n = 0; n < 4; n += 1) await sensor.publishAsync('edge/door', event(n));
  await expect(panel.getByRole('status')).toHaveText('4 events');
  await list.getByRole('listitem').first().click();
  const shown = page.getByRole('region', { name: 'Event', exact: true });
  await expect(shown).toContainText('door.closed');
  await expect(shown).toContainText('published by sensor');

  await panel.getByRole('combobox', { name: 'Type of the events' }).click();
  await page.getByRole('option', { name: /^door\.open/ }).click();
  await expect(panel.getByRole('status')).toHaveText('2 events fit');
  await panel.getByRole('button', { name: 'Let the list stand still' }).click();
  await sensor.publishAsync('edge/door', event(4));
  await sensor.publishAsync('edge/door', '1', { qos: 1 });
  await expect(panel.getByRole('status')).toHaveText('2 events fit, standing still');
  await panel.getByRole('button', { name: 'Let the list go on' }).click();
  await expect(panel.getByRole('status')).toHaveText('3 events fit');

  const received: unknown[] = [];
  const reader = await clients.connect({ clientId: 'reader' });
  reader.on('message', (_topic, payload, { properties }) => received.push([payload.toString(), { ...properties?.userProperties }['event_type']]));
  await reader.subscribeAsync('edge/lamp');
  await panel.getByRole('button', { name: 'Send an event' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send an event' });
  await dialog.getByRole('textbox', { name: 'Topic' }).fill('edge/lamp');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Type' })).toHaveAccessibleDescription(/Enter a type/);
  await dialog.getByRole('textbox', { name: 'Type' }).fill('door.open');
  await dialog.getByRole('textbox', { name: 'Data' }).fill('{"on": ');
  await expect(dialog.getByRole('textbox', { name: 'Data' })).toHaveAccessibleDescription(/not JSON/);
  await dialog.getByRole('textbox', { name: 'Data' }).fill('{"on": true}');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => received.length).toBe(1);
  expect(String((received[0] as readonly string[])[0])).toMatch(
    /^\{"type": "event", "event_type": "door\.open", "data": \{"on": true\}, "timestamp": \d+\.\d+, "source": "mqtt-workbench"\}$/,
  );
  await dialog.getByRole('combobox', { name: 'Form' }).click();
  await page.getByRole('option', { name: /^mqttxx 4/ }).click();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect.poll(() => received[1]).toEqual(['{"on": true}', 'door.open']);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(list.getByRole('listitem').first()).toContainText('sent from here');
});

test('a locked schema stays as it is, and tells what contradicts it', async ({ workbench, clients }) => {
  const { page } = workbench;
  const peer = await clients.connect({ clientId: 'pump' });
  let n = 0;
  const request = (params: unknown): Promise<unknown> =>
    peer.publishAsync(
      'edge/pump',
      JSON.stringify({ type: 'rpc_request', request_id: `request-${(n += 1)}-long`, method: 'run', params, reply_to: 'r', caller_id: 'c' }),
    );
  await request({ speed: 3 });
  await treeLine(page, 'run').click();
  const inspector = page.getByRole('region', { name: 'Params', exact: true });
  await expect(inspector).toContainText('speed');

  await inspector.getByRole('button', { name: 'Edit the schema of the params …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Schema of the params of run' });
  const editor = dialog.getByRole('textbox', { name: 'Schema as JSON' });
  await write(page, editor, '{"$ref": "https://example.org/schema.json"}');
  await expect(dialog.getByRole('status')).toContainText('leads out of the schema');
  await expect(dialog.getByRole('button', { name: 'Save and lock' })).toBeDisabled();
  await write(page, editor, '{"$ref": "#"}');
  await dialog.getByRole('button', { name: 'Save and lock' }).click();
  await expect(dialog.getByRole('status')).toContainText('leads into itself');
  await write(page, editor, '{"type": "object", "properties": {"speed": {"type": "integer", "maximum": 5}}}');
  await dialog.getByRole('button', { name: 'Save and lock' }).click();
  await expect(dialog).toBeHidden();
  await expect(inspector).toContainText('locked');

  await request({ speed: 4, extra: true });
  await request({ speed: 'fast' });
  await expect(inspector).toContainText('1 contradiction in 2');
  await expect(inspector).toContainText('{"speed":"fast"}');
  await expect(inspector.getByRole('list', { name: 'Shape of params' })).not.toContainText('extra');

  await page.getByRole('button', { name: 'Pin the example' }).first().click();
  await expect(page.getByRole('button', { name: 'Unpin the example' })).toHaveCount(1);
  const again = await workbench.restart();
  await goTo(again, 'RPC');
  await treeLine(again, 'run').click();
  await expect(again.getByRole('region', { name: 'Params', exact: true })).toContainText('locked');
  await expect(again.getByRole('button', { name: 'Unpin the example' })).toHaveCount(1);
  await again.getByRole('region', { name: 'Params', exact: true }).getByRole('button', { name: 'Unlock the params …' }).click();
  await again.getByRole('alertdialog').getByRole('button', { name: 'Unlock' }).click();
  await expect(again.getByRole('region', { name: 'Params', exact: true })).toContainText('None were seen yet.');
});
