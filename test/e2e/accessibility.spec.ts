import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, freePort, test } from './workbench.ts';
import { goTo, setBrokerPorts, startBroker } from './steps.ts';

const places = ['Topics', 'Broker', 'Connections', 'Settings'] as const;

for (const theme of ['light', 'dark', 'contrast'] as const) {
  test(`every place passes axe in the ${theme} theme, empty and with a running broker`, async ({ workbench }) => {
    const { page } = workbench;
    const check = async (when: string): Promise<void> => {
      for (const place of places) {
        await goTo(page, place);
        await setTheme(page, theme);
        // axe opens a page of its own by default, which a desktop window can't.
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(workbench.kind === 'desktop').analyze();
        expect(
          violations.map(({ id, nodes }) => `${place}, ${when}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`),
          when,
        ).toEqual([]);
      }
    };
    await check('empty');
    await setBrokerPorts(page, await freePort(), await freePort());
    await startBroker(page);
    await expect(page.getByRole('tree', { name: 'Topics' }).getByRole('treeitem').first()).toBeVisible();
    await check('running');
  });
}

/** The attribute that the theme switch sets; the switch itself is tested where settings are. */
async function setTheme(page: Page, theme: string): Promise<void> {
  await page.evaluate((value) => document.documentElement.setAttribute('data-theme', value), theme);
}
