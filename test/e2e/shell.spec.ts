import type { Locator, Page } from '@playwright/test';
import { chordKeys, parseChord } from '../../src/renderer/ui/chord.ts';
import { fillConnection, goTo, newConnection, selectTopic, setBrokerPorts, startBroker, topicRow } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const palette = (page: Page): Locator => page.getByRole('combobox', { name: 'Search commands' });
/** A chord as the page writes it on this platform. */
const shown = (text: string): string => {
  const chord = parseChord(text);
  return chord ? chordKeys(chord, process.platform === 'darwin').join('') : text;
};
const place = (page: Page, title: string): Locator => page.getByRole('main', { name: title });

test('commands and themes by keyboard; the theme is kept', async ({ workbench }) => {
  const { page } = workbench;
  const options = page.getByRole('listbox', { name: 'Commands' }).getByRole('option');
  const chosen = page.getByRole('option', { selected: true });
  await expect(place(page, 'Start')).toBeVisible();

  await test.step('found by words and by initials, walked with the arrows', async () => {
    await page.keyboard.press('ControlOrMeta+k');
    await expect(palette(page)).toBeFocused();
    await expect.poll(() => options.count()).toBeGreaterThan(10);
    await page.keyboard.type('slb');
    await expect(chosen).toHaveText(/^Start local broker/);
    await palette(page).fill('go to');
    await expect(chosen).toHaveText(/^Go to Start/);
    for (const next of ['Topics', 'RPC', 'CoAP', 'Broker']) {
      await page.keyboard.press('ArrowDown');
      await expect(chosen).toHaveText(new RegExp(`^Go to ${next}`));
    }
    await expect(palette(page)).toHaveAttribute('aria-activedescendant', (await chosen.getAttribute('id')) ?? 'none');
    await page.keyboard.press('Enter');
    await expect(place(page, 'Broker')).toBeVisible();
    await expect(palette(page)).toHaveCount(0);
  });

  await test.step('what was used last comes first; nothing found is said', async () => {
    await page.keyboard.press('ControlOrMeta+k');
    await expect(options.first()).toHaveText(/^Go to Broker/);
    await page.keyboard.press('ArrowUp');
    await expect(options.last()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowDown');
    await expect(options.first()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.type('zzzzz');
    await expect(page.getByText('No command fits “zzzzz”.')).toBeVisible();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await expect(palette(page)).toHaveCount(0);
    await expect(place(page, 'Broker')).toBeVisible();
  });

  await test.step('the theme', async () => {
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('dark');
    await expect(chosen).toHaveText(/^Theme: dark/);
    await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    const dark = await background(page);
    await page.getByRole('button', { name: 'Theme: Dark' }).click();
    await page.getByRole('menuitemradio', { name: 'Light' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
    await expect.poll(() => background(page)).not.toBe(dark);
    await goTo(page, 'Settings');
    await page.getByRole('radiogroup', { name: 'Theme' }).getByRole('radio', { name: 'High contrast' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
    const again = await workbench.restart();
    await expect(again.locator('html')).toHaveAttribute('data-theme', 'contrast');
    await expect(again.getByRole('button', { name: 'Theme: High contrast' })).toBeVisible();
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('keys are changed, taken over and taken back', async ({ workbench }) => {
  const { page } = workbench;
  const keysOf = (target: Page, command: string): Locator =>
    target
      .getByRole('row', { name: new RegExp(`^${command} `) })
      .getByRole('cell')
      .nth(1);
  const change = async (command: string, keys: string): Promise<Locator> => {
    await page.getByRole('button', { name: `Change the keys of ${command}`, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Keys for “${command}”` });
    await expect(dialog).toContainText('Waiting for keys');
    await page.keyboard.press(keys);
    await expect(dialog).not.toContainText('Waiting for keys');
    return dialog;
  };
  await expect(place(page, 'Start')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+,');
  await expect(keysOf(page, 'Go to Broker')).toHaveText(shown('Mod+4'));

  await test.step('new keys work at once, the old ones no longer', async () => {
    const dialog = await change('Go to Broker', 'ControlOrMeta+Shift+Y');
    // Recorded, not run.
    await page.keyboard.press('ControlOrMeta+5');
    await expect(dialog).toContainText('“Go to Connections” has these keys now');
    await expect(page).toHaveTitle('Settings · MQTT Workbench');
    await page.keyboard.press('ControlOrMeta+Shift+Y');
    await dialog.getByRole('button', { name: 'Use these keys' }).click();
    await expect(keysOf(page, 'Go to Broker')).toHaveText(shown('Mod+Shift+Y'));
    await page.keyboard.press('ControlOrMeta+4');
    await expect(place(page, 'Settings')).toBeVisible();
    await page.keyboard.press('ControlOrMeta+Shift+Y');
    await expect(place(page, 'Broker')).toBeVisible();
  });

  await test.step('keys of another command are taken over after saying so', async () => {
    await page.keyboard.press('ControlOrMeta+,');
    const dialog = await change('Go to Topics', 'ControlOrMeta+K');
    await expect(dialog).toContainText('“Show all commands” has these keys now and would lose them.');
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await expect(keysOf(page, 'Go to Topics')).toHaveText(shown('Mod+K'));
    await expect(keysOf(page, 'Show all commands')).toHaveText('none');
    await page.keyboard.press('ControlOrMeta+K');
    await expect(place(page, 'Topics')).toBeVisible();
    await expect(palette(page)).toHaveCount(0);
    await goTo(page, 'Settings');
    const cancelled = await change('Go to Start', 'ControlOrMeta+K');
    await cancelled.getByRole('button', { name: 'Cancel' }).click();
    await expect(keysOf(page, 'Go to Start')).toHaveText(shown('Mod+1'));
  });

  await test.step('kept by a restart, found by their keys, taken back one by one and all at once', async () => {
    const again = await workbench.restart();
    await expect(place(again, 'Start')).toBeVisible();
    await again.keyboard.press('ControlOrMeta+Shift+Y');
    await expect(place(again, 'Broker')).toBeVisible();
    await goTo(again, 'Settings');
    await again.getByRole('searchbox', { name: 'Search shortcuts' }).fill('broker shift y');
    await expect(again.getByRole('table', { name: 'Keyboard shortcuts' }).getByRole('row')).toHaveCount(2);
    await again.getByRole('button', { name: 'Default keys for Go to Broker' }).click();
    await again.getByRole('searchbox', { name: 'Search shortcuts' }).fill('');
    await expect(keysOf(again, 'Go to Broker')).toHaveText(shown('Mod+4'));
    await again.getByRole('button', { name: 'Take back all changes' }).click();
    await again.getByRole('alertdialog').getByRole('button', { name: 'Take back' }).click();
    await expect(keysOf(again, 'Show all commands')).toHaveText(shown('Mod+K'));
    await expect(again.getByRole('alertdialog')).toHaveCount(0);
    await again.keyboard.press('ControlOrMeta+K');
    await expect(palette(again)).toBeFocused();
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('parts of the window, history of places, and the gallery', async ({ workbench }) => {
  const { page } = workbench;
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await selectTopic(page, 'demo/thermostat/telemetry');
  await expect(page.getByRole('region', { name: 'Inspector' })).toBeVisible();

  await test.step('F6 walks the parts in a circle, Shift+F6 back', async () => {
    const region = (): Promise<string | undefined> => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region']);
    await topicRow(page, 'telemetry').click();
    for (const [key, expected] of [
      ['F6', 'inspector'],
      ['F6', 'strip'],
      ['F6', 'rail'],
      ['F6', 'place'],
      ['Shift+F6', 'rail'],
      ['Shift+F6', 'strip'],
      ['Shift+F6', 'inspector'],
      ['Shift+F6', 'place'],
    ] as const) {
      await page.keyboard.press(key);
      expect(await region(), key).toBe(expected);
    }
    // It comes back to where one was in the tree.
    await expect(topicRow(page, 'telemetry')).toBeFocused();
  });

  await test.step('back and forward', async () => {
    await goTo(page, 'Broker');
    await goTo(page, 'Settings');
    await expect(page).toHaveTitle('Settings · MQTT Workbench');
    await page.goBack();
    await expect(place(page, 'Broker')).toBeVisible();
    await page.goBack();
    await expect(place(page, 'Topics')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Topic demo/thermostat/telemetry' })).toBeVisible();
    await page.goForward();
    await expect(place(page, 'Broker')).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Broker' })).toHaveAttribute('aria-current', 'page');
    await page.evaluate(() => (location.hash = '#/nowhere'));
    await expect(place(page, 'Start')).toBeVisible();
  });

  await test.step('the gallery', async () => {
    await page.keyboard.press('ControlOrMeta+k');
    await palette(page).fill('gallery');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Gallery' })).toBeVisible();
    expect(await page.getByRole('heading', { level: 2 }).count()).toBeGreaterThan(5);
    await page.goBack();
    await expect(place(page, 'Start')).toBeVisible();
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('the native menu has the commands of the page, whatever connections are called', async ({ workbench }) => {
  const { page, electron } = workbench;
  test.skip(!electron, 'a browser has no menu of ours');
  const labels = (menu: string): Promise<readonly string[]> | undefined =>
    electron?.evaluate(
      ({ Menu }, title) =>
        Menu.getApplicationMenu()
          ?.items.find((item) => item.label === title)
          ?.submenu?.items.map((item) => item.label) ?? [],
      menu,
    );
  await expect.poll(() => labels('Go')).toEqual(expect.arrayContaining(['Go to Start', 'Go to Settings']));
  await newConnection(page, { name: 'long '.repeat(40).trim(), address: 'mqtt://127.0.0.1:18830' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await newConnection(page, { name: 'Short', address: 'mqtt://127.0.0.1:18830' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(() => labels('Connection')).toEqual(expect.arrayContaining(['Connect Short', expect.stringMatching(/^Connect long long /)]));
  await electron?.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('go.broker')?.click());
  await expect(place(page, 'Broker')).toBeVisible();
  expect(workbench.pageErrors).toEqual([]);
});

test('nothing is cut off at 1024 × 700', async ({ workbench }) => {
  const { page } = workbench;
  await page.setViewportSize({ width: 1024, height: 700 });
  const look = async (when: string): Promise<void> => {
    for (const title of ['Start', 'Topics', 'RPC', 'Broker', 'Connections', 'Collections', 'Settings'] as const) {
      await goTo(page, title);
      await expect(place(page, title)).toBeVisible();
      expect(await cutOff(page), `${title}, ${when}`).toEqual([]);
    }
  };
  await look('empty');
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await selectTopic(page, 'demo/thermostat/telemetry');
  await newConnection(page, { name: 'A connection with quite a long name, as people give them', address: `mqtt://127.0.0.1:${await freePort()}` });
  await fillConnection(page, { userName: 'somebody' });
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
  await look('at work');
  await goTo(page, 'Topics');
  await page.keyboard.press('ControlOrMeta+i');
  await expect(page.getByRole('region', { name: 'Inspector' })).toBeVisible();
  expect(await cutOff(page), 'Topics with the inspector').toEqual([]);
  await goTo(page, 'RPC');
  await page.getByRole('button', { name: 'Call the demo device' }).click();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('Time to the answer');
  expect(await cutOff(page), 'RPC with the inspector').toEqual([]);
  await page.getByRole('tab', { name: 'All calls' }).click();
  await page.getByRole('list', { name: 'Calls' }).getByRole('listitem').first().click();
  await expect(page.getByRole('region', { name: 'Selected call' })).toBeVisible();
  expect(await cutOff(page), 'RPC, all calls').toEqual([]);
  await goTo(page, 'Collections');
  await page.getByRole('button', { name: 'Create the example' }).click();
  await page.getByRole('treeitem', { name: /^1 Set the target/ }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Result', exact: true })).toBeVisible();
  expect(await cutOff(page), 'Collections, a request').toEqual([]);
  await page.getByRole('treeitem', { name: /^Demo thermostat/ }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('group', { name: 'Summary of the run' })).toContainText('All passed');
  expect(await cutOff(page), 'Collections, a run').toEqual([]);
  await page.evaluate(() => (location.hash = '#/gallery'));
  await expect(page.getByRole('heading', { name: 'Gallery' })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(workbench.pageErrors).toEqual([]);
});

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

const overflow = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** What does not fit: the page itself, and texts and buttons of rail, strip and place headers that reach out of the window or of their frame. */
function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const { innerWidth, innerHeight } = window;
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const button of document.querySelectorAll<HTMLElement>(
      '[data-region="rail"] button, [data-region="strip"] button, [data-region="strip"] [role="status"]',
    )) {
      const name = button.innerText.replaceAll(/\s+/g, ' ');
      const { left, right, top, bottom } = button.getBoundingClientRect();
      if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) found.push(`${name} reaches out of the window`);
      for (const part of [button, ...button.querySelectorAll<HTMLElement>('span')])
        if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0) found.push(`${name} is cut`);
    }
    for (const button of document.querySelectorAll<HTMLElement>('main button')) {
      if (!button.checkVisibility()) continue;
      const { left, right } = button.getBoundingClientRect();
      if (left < 0 || right > innerWidth) found.push(`${button.innerText || button.ariaLabel} reaches out of the window`);
    }
    return found;
  });
}
