import type { Locator, Page } from '@playwright/test';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { goTo, savedBy, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const lines = (page: Page): Locator => page.getByRole('list', { name: 'Calls' }).getByRole('listitem');
const selected = (page: Page): Locator => page.getByRole('region', { name: 'Selected call' });
const status = (page: Page): Locator => page.getByRole('group', { name: 'Calls' }).getByRole('status');

async function showCalls(page: Page): Promise<void> {
  await goTo(page, 'RPC');
  await page.getByRole('tab', { name: 'All calls' }).click();
}

async function client(port: number, clientId: string): Promise<RawClient> {
  const opened = new RawClient(await dialTcp(port), 5);
  await opened.connect({ clientId });
  return opened;
}

/** A foreign call in the dialect of mqttxx 2. */
function ask(caller: RawClient, topic: string, method: string, id: string, params: unknown = null): Promise<unknown> {
  const request = { type: 'rpc_request', request_id: id, method, params, reply_to: 'panel/answers', caller_id: 'panel' };
  return caller.publish({ topic, payload: JSON.stringify(request), qos: 1 });
}
function answer(peer: RawClient, id: string, result: unknown, topic = 'panel/answers'): Promise<unknown> {
  return peer.publish({ topic, payload: JSON.stringify({ type: 'rpc_response', request_id: id, result }), qos: 1 });
}

test('calls survive a restart, are filtered, held still, saved as HAR, and lead to their messages and back', async ({ workbench }) => {
  let { page } = workbench;
  const port = await freePort();
  await startQuietBroker(page, port, await freePort());
  const panel = await client(port, 'panel');
  for (let n = 0; n < 4; n += 1) {
    await ask(panel, 'plant/press', n % 2 === 0 ? 'start' : 'stop', `request-${n}`, { n });
    await answer(panel, `request-${n}`, { done: n });
  }
  await answer(panel, 'request-1', 'again');
  await answer(panel, 'nobody-asked-so', 1, 'plant/elsewhere');
  await ask(panel, 'plant/press', 'hold', 'request-9');
  await showCalls(page);
  await expect(lines(page)).toHaveCount(6);

  await test.step('a pause holds the list still, and counts', async () => {
    await page.getByRole('button', { name: 'Pause' }).click();
    await ask(panel, 'plant/press', 'start', 'request-10');
    await answer(panel, 'request-10', { done: 10 });
    await expect(status(page)).toContainText('Paused, 1 new');
    await expect(lines(page)).toHaveCount(6);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(lines(page)).toHaveCount(7);
  });
  panel.drop();

  page = await workbench.restart();
  await showCalls(page);
  await expect(lines(page)).toHaveCount(7);
  // Nobody can say what became of it.
  await expect(lines(page).filter({ hasText: 'hold' })).toContainText('Timed out');
  await lines(page).filter({ hasText: 'hold' }).click();
  await expect(selected(page)).toContainText('hold');

  await test.step('by state, and by what stands in the params', async () => {
    const state = async (name: string): Promise<void> => {
      await page.getByRole('combobox', { name: 'State of the calls' }).click();
      await page.getByRole('option', { name, exact: true }).click();
    };
    await state('Orphan');
    await expect(lines(page)).toHaveCount(1);
    await state('Repeated answer');
    await expect(lines(page)).toHaveCount(1);
    await expect(lines(page)).toContainText('+1');
    await state('Every state');
    await page.getByRole('searchbox', { name: 'Filter calls' }).fill('"n":3');
    await expect(page.getByText('No call fits the filter')).toBeVisible();
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByRole('checkbox', { name: /params and results/ }).click();
    await page.keyboard.press('Escape');
    await expect(lines(page)).toHaveCount(1);
    await expect(lines(page)).toContainText('stop');
  });

  await test.step('more like it, by a right click', async () => {
    await page.getByRole('searchbox', { name: 'Filter calls' }).fill('');
    await lines(page).filter({ hasText: 'start' }).first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Only this method' }).click();
    await expect(lines(page)).toHaveCount(3);
    await page.getByRole('button', { name: 'More filters, 3 set' }).click();
    await expect(page.getByRole('textbox', { name: 'Method' })).toHaveValue('start');
    await page.getByRole('textbox', { name: 'Method' }).fill('stop');
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox', { name: 'Filter calls' }).fill('"n":3');
    await expect(lines(page)).toHaveCount(1);
  });

  await test.step('as an archive in the form of HAR', async () => {
    const text = await savedBy(page, async () => {
      await page.getByRole('button', { name: 'Save the shown calls' }).click();
      await page.getByRole('menuitem', { name: /HAR/ }).click();
    });
    expect(JSON.parse(text)).toMatchObject({
      log: {
        version: '1.2',
        creator: { name: 'MQTT Workbench' },
        entries: [
          {
            request: {
              method: 'POST',
              url: 'mqtt://local-broker/plant/press?method=stop',
              postData: { text: expect.stringContaining('"n":3') as unknown as string },
            },
            response: { status: 200 },
            _state: 'ok',
            _params: { n: 3 },
            _result: { done: 3 },
          },
        ],
      },
    });
  });

  await test.step('to the message, and back to the call', async () => {
    await lines(page).first().click();
    await selected(page).getByRole('radio', { name: 'Messages' }).click();
    await selected(page).getByRole('combobox', { name: 'Message' }).click();
    await page.getByRole('option', { name: /^Answer/ }).click();
    await selected(page).getByRole('button', { name: 'Show in the topic’s history' }).click();
    await expect(page.getByRole('heading', { name: 'Topic panel/answers' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Selected topic' })).toContainText('"done": 3');
    await page.getByRole('button', { name: 'Show the RPC call' }).click();
    await expect(selected(page)).toContainText('stop');
  });

  await test.step('deleted, they stay deleted', async () => {
    await page.getByRole('button', { name: 'Delete calls …' }).click();
    await page.getByRole('menuitem', { name: 'Delete the calls of every source …' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete the calls' }).click();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect(page.getByText('No calls seen yet')).toBeVisible();
    page = await workbench.restart();
    await showCalls(page);
    await expect(page.getByText('No calls seen yet')).toBeVisible();
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('a recorded answer is served with one click, and can be taken back', async ({ workbench }) => {
  const { page } = workbench;
  const port = await freePort();
  await startQuietBroker(page, port, await freePort());
  const peer = await client(port, 'peer');
  await ask(peer, 'plant/oven', 'heat', 'recorded-1');
  await answer(peer, 'recorded-1', { degrees: 180 });
  await showCalls(page);
  await lines(page).first().click();
  const serve = async (): Promise<void> => {
    await selected(page).getByRole('button', { name: 'More for this call' }).click();
    await page.getByRole('menuitem', { name: 'Serve this answer' }).click();
  };
  await serve();
  await expect(page.getByText(/made for “heat”/)).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('No nodes yet')).toBeVisible();
  await page.getByRole('tab', { name: 'All calls' }).click();
  await serve();
  await page.getByRole('main').getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('main').getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
  await expect(page.getByRole('main').getByRole('status').filter({ hasText: 'Running' })).toBeVisible();

  const caller = await client(port, 'panel');
  await caller.subscribe({ filter: 'panel/answers', qos: 1 });
  await ask(caller, 'plant/oven', 'heat', 'asked-later');
  const answered = await caller.receive();
  expect(JSON.parse(Buffer.from(answered.payload).toString('utf8'))).toMatchObject({
    type: 'rpc_response',
    request_id: 'asked-later',
    result: { degrees: 180 },
  });
  peer.drop();
  caller.drop();
  expect(workbench.pageErrors).toEqual([]);
});
