// npm run screenshots: makes the pictures in docs/images with the real program, in light and dark: a fresh workspace, the local
// broker, the demo device, and one connection.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { goTo, goToBroker, goToCoap, publish, setBrokerPorts, startBroker, topicRow } from '../test/e2e/steps.ts';
import { expect, startWorkbench } from '../test/e2e/workbench.ts';
import { buildIfStale } from './build.ts';
import { projectFolder } from './project.ts';

/** A picture that is larger slows the page down that shows it, and every clone. */
const maxPictureBytes = 300 * 1024;
const usualPorts = { tcp: 1883, webSocket: 8083 } as const;
/** Enough for a history that fills its panel. */
const shownMessages = 12;

const folder = path.join(projectFolder, 'docs', 'images');
mkdirSync(folder, { recursive: true });
const made = new Set<string>();

await buildIfStale();
const workbench = await startWorkbench('browser');
try {
  await takePictures(workbench.page);
} finally {
  await workbench.close();
}
// A picture that is no longer made must not stay behind.
for (const name of readdirSync(folder)) if (name.endsWith('.png') && !made.has(name)) rmSync(path.join(folder, name));

async function takePictures(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Start local broker' }).waitFor();
  await shoot(page, 'start');

  const [tcp, webSocket] = [await freePortFrom(usualPorts.tcp), await freePortFrom(usualPorts.webSocket)];
  if (tcp !== usualPorts.tcp || webSocket !== usualPorts.webSocket) await setBrokerPorts(page, tcp, webSocket);
  await startBroker(page);
  await addConnection(page, `ws://127.0.0.1:${webSocket}`);

  await goTo(page, 'Topics');
  await page.getByRole('tab', { name: 'Local broker' }).first().click();
  await publish(page, 'lab/bench/light', '{ "on": true, "brightness": 80 }');
  // With all topics there, no row moves under the pointer.
  await expect(topicRow(page, 'light')).toBeVisible();
  await topicRow(page, 'telemetry').click();
  await expect(page.getByRole('heading', { name: 'Topic demo/thermostat/telemetry' })).toBeVisible();
  const messages = page.getByRole('list', { name: 'Messages' }).getByRole('listitem');
  await expect(messages.nth(shownMessages - 1)).toBeVisible({ timeout: 30_000 });
  // The value that is shown is the newest.
  await expect(messages.first()).toHaveAttribute('aria-current', 'true');
  await shoot(page, 'topics');

  await goTo(page, 'RPC');
  await callDemoDevice(page);
  await shoot(page, 'rpc');
  await serveMethods(page);
  await shoot(page, 'rpc-nodes');

  await goToCoap(page, 'Over MQTT');
  await requestDemoDevice(page);
  await shoot(page, 'coap');
  await goToCoap(page, 'Mock devices');
  await playDevice(page);
  await shoot(page, 'coap-mock');

  await goTo(page, 'Collections');
  await runExample(page);
  await shoot(page, 'collections');

  await goToBroker(page, 'Overview');
  await shoot(page, 'broker');
  await lookInside(page);

  for (const place of ['Connections', 'Settings'] as const) {
    await goTo(page, place);
    await shoot(page, place.toLowerCase());
  }
}

/** The tabs of the broker with something in them: a handler, a fault for one client, clients with details, and the packets of a call. */
async function lookInside(page: Page): Promise<void> {
  await goToBroker(page, 'Handlers');
  await page.getByRole('button', { name: 'Answer a subscription' }).click();
  await expect(page.getByRole('form', { name: /^Handler / }).getByText(/^In use/)).toBeVisible();
  await expect(page.getByText('No problems')).toBeVisible({ timeout: 60_000 });
  await shoot(page, 'broker-handlers');

  await goToBroker(page, 'Faults');
  await page.getByRole('button', { name: 'Turn on Slow link' }).click();
  await page.getByRole('combobox', { name: 'For' }).click();
  await page.getByRole('option', { name: /^One client/ }).click();
  await page.getByRole('textbox', { name: 'Client id' }).fill('demo-*');
  await page.getByRole('button', { name: 'Turn on', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Faults are on' })).toBeVisible();
  await shoot(page, 'broker-faults');
  await page.getByRole('status').filter({ hasText: 'Faults are on' }).getByRole('button').last().click();

  await goToBroker(page, 'Clients');
  await page.getByRole('row').filter({ hasText: 'demo-thermostat' }).click();
  await shoot(page, 'broker-clients');

  await goToBroker(page, 'Packets');
  await page.getByRole('button', { name: 'Record packets' }).click();
  await goTo(page, 'RPC');
  await page.getByRole('tab', { name: 'Call', exact: true }).click();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await goToBroker(page, 'Packets');
  await page.getByRole('list', { name: 'Packets' }).getByRole('listitem').filter({ hasText: 'edge/demo-thermostat' }).first().click();
  await expect(page.getByRole('tree', { name: 'Fields' })).toBeVisible();
  await shoot(page, 'broker-packets');
}

/** Some calls with results and one that failed, the last one shown. */
async function callDemoDevice(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Call the demo device' }).click();
  const answer = page.getByRole('region', { name: 'Answer', exact: true });
  for (const [method, state] of [
    ['calibrate', 'Failed'],
    ['get_status', 'OK'],
    ['get_status', 'OK'],
  ] as const) {
    await page.getByRole('textbox', { name: 'Method' }).fill(method);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await expect(answer.getByRole('heading')).toHaveText(method);
    await expect(answer.getByRole('status').first()).toContainText(state);
  }
}

/** Some requests with their codes, and one that the device refuses, the last one shown. */
async function requestDemoDevice(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Request the demo device' }).first().click();
  const response = page.getByRole('region', { name: 'Response', exact: true });
  const form = page.getByRole('form', { name: 'Request to a device' });
  await expect(response.getByRole('status').first()).toContainText('205');
  for (const [method, path, code] of [
    ['GET', 'target', '205'],
    ['PUT', 'state', '405'],
    ['GET', 'humidity', '404'],
  ] as const) {
    await form.getByRole('radio', { name: method, exact: true }).click();
    await form.getByRole('textbox', { name: 'Path', exact: true }).fill(path);
    await form.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(response.getByRole('heading')).toHaveText(`${method} ${path}`);
    await expect(response.getByRole('status').first()).toContainText(code);
  }
}

/** A device with a resource that is asked twice, and a script that was tried. */
async function playDevice(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a mock device' }).last().click();
  const device = page.getByRole('region', { name: /^Mock device / });
  await expect(device.getByRole('status').first()).toContainText('gf_int_v1/+/request/MOCK_1/+');
  const editor = page.getByRole('form', { name: /^Resource / });
  await editor.getByRole('radio', { name: /^PUT/ }).click();
  await editor.getByRole('radio', { name: 'Script' }).click();
  await write(
    page,
    'Script that answers',
    `export default (body, request) => {
  if (!Array.isArray(body)) return { code: 400, body: 'a list of gains' };
  console.log('gains were', request.state);
  return { code: 204, state: body };
};
`,
  );
  await editor.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(editor.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await write(page, 'Body to try', '[0.5, 1, 2]');
  await editor.getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByRole('list', { name: 'Console' })).toContainText('gains were');
}

async function write(page: Page, label: string, text: string): Promise<void> {
  const isLong = text.includes('\n');
  if (isLong) await page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
  await page.getByRole('textbox', { name: label }).focus();
  await page.keyboard.press('ControlOrMeta+A');
  // Several lines are pasted, which takes the editor a moment, as it indents and completes what is typed.
  if (isLong) await page.keyboard.press('ControlOrMeta+V');
  else await page.keyboard.insertText(text);
  // From the first line on, where it does not fit.
  await page.keyboard.press('ControlOrMeta+Home');
}

/** A node with a few methods, one of them a script that was tried. */
async function serveMethods(page: Page): Promise<void> {
  const tab = (name: string): Promise<void> => page.getByRole('tablist', { name: 'RPC' }).getByRole('tab', { name, exact: true }).click();
  await tab('Nodes');
  await page.getByRole('button', { name: 'Serve a method' }).click();
  await expect(page.getByText('Running: answers on edge/my-device')).toBeVisible();
  const form = page.getByRole('form', { name: 'Served method' });
  const save = async (): Promise<void> => {
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(form.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  };
  for (const [name, kind, description] of [
    ['calibrate', 'Error', 'Fails until there is a reference sensor.'],
    ['set_target', 'Template', 'Confirms the new target.'],
    ['average', 'Script', 'The mean of a list of samples.'],
  ] as const) {
    await page.getByRole('button', { name: 'Add a method', exact: true }).click();
    await form.getByRole('textbox', { name: 'Method', exact: true }).fill(name);
    await form.getByRole('textbox', { name: 'Description' }).fill(description);
    await form.getByRole('radio', { name: kind }).click();
    if (kind !== 'Script') await save();
  }
  await write(
    page,
    'Script that answers',
    `export default (params) => {
  console.log('samples', params.length);
  const sum = params.reduce((a, b) => a + b, 0);
  return { mean: sum / params.length };
};
`,
  );
  await save();
  await write(page, 'Params to try', '[20.5, 21, 22.1]');
  await page.getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByRole('list', { name: 'Console' })).toContainText('samples 3');
}

/** The example with one assertion more, which fails: the run says why. */
async function runExample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Create the example' }).click();
  await page.getByRole('treeitem', { name: /^1 Read the status/ }).click();
  await page.getByRole('tab', { name: /^Assertions/ }).click();
  await page.getByRole('button', { name: 'Add an assertion' }).click();
  await page.getByRole('menuitem', { name: 'Value at a path' }).click();
  const added = page.getByRole('listitem', { name: 'Value 4' });
  await added.getByRole('textbox', { name: 'Path' }).fill('$.target');
  await added.getByRole('combobox', { name: 'How it is compared' }).click();
  await page.getByRole('option', { name: 'is less than' }).click();
  await added.getByRole('textbox', { name: 'Value as JSON' }).fill('20');
  await page.keyboard.press('ControlOrMeta+s');
  await page.getByRole('treeitem', { name: /^Demo thermostat/ }).click();
  await expect(page.getByText('that are not saved')).toBeHidden();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('group', { name: 'Summary of the run' })).toContainText('failed of 5');
  await page.getByRole('list', { name: 'Requests of the run' }).getByRole('listitem').first().click();
}

async function addConnection(page: Page, address: string): Promise<void> {
  await goTo(page, 'Connections');
  await page.getByRole('button', { name: 'New connection' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Local broker over WebSocket');
  await page.getByRole('textbox', { name: 'Address' }).fill(address);
  await page.getByRole('button', { name: 'Add subscription' }).click();
  for (const filter of ['demo/thermostat/sensors/+', 'lab/#']) {
    await page.getByRole('textbox', { name: 'Topic filter' }).fill(filter);
    await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  }
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await expect(page.getByText('granted QoS 0')).toHaveCount(2);
}

/** Both themes come from the system's wish, which the settings follow unless told otherwise. */
async function shoot(page: Page, name: string): Promise<void> {
  // Over the middle of the strip at the bottom the pointer lights nothing up.
  await page.mouse.move(640, 790);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const file = `${name}-${colorScheme}.png`;
    const picture = await page.screenshot({ path: path.join(folder, file), animations: 'disabled' });
    made.add(file);
    const kilobytes = Math.ceil(picture.byteLength / 1024);
    if (picture.byteLength > maxPictureBytes) throw new Error(`${file} has ${kilobytes} KB; at most ${maxPictureBytes / 1024} are kept.`);
    console.log(`docs/images/${file}  ${kilobytes} KB`);
  }
}

/** The port itself, or the next one that nothing listens on: the pictures are to look like a first start. */
async function freePortFrom(first: number): Promise<number> {
  for (let port = first; port < first + 100; port += 1) if (await isFree(port)) return port;
  throw new Error(`No port from ${first} to ${first + 99} is free.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
