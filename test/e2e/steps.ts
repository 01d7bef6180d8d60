import { expect, type Page } from '@playwright/test';

/** Opens a place of the left rail. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: place, exact: true }).click();
}

/** Gives the local broker ports of its own, so that tests never meet each other or a broker of this machine. */
export async function setBrokerPorts(page: Page, tcpPort: number, webSocketPort: number): Promise<void> {
  await goTo(page, 'Broker');
  await page.getByRole('textbox', { name: 'TCP port' }).fill(String(tcpPort));
  await page.getByRole('textbox', { name: 'WebSocket port' }).fill(String(webSocketPort));
  await page.keyboard.press('Tab');
}

export async function startBroker(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start local broker' }).first().click();
  await expect(
    page
      .getByRole('button', { name: 'Stop broker' })
      .or(page.getByRole('tree', { name: 'Topics' }))
      .first(),
  ).toBeVisible();
  await goTo(page, 'Topics');
}

/** Selects a topic by its whole name through the filter, as a person with many topics would. */
export async function selectTopic(page: Page, topic: string): Promise<void> {
  const filter = page.getByRole('searchbox', { name: /filter topics/i });
  await filter.fill(topic);
  const last = topic.split('/').at(-1) ?? topic;
  await page
    .getByRole('tree', { name: 'Topics' })
    .getByRole('treeitem', { name: new RegExp(`^${last}\\b`) })
    .first()
    .click();
  await filter.fill('');
}
