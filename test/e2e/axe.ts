import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Workbench } from './workbench.ts';

/** What axe finds in the page as it stands, in a theme. `where` goes into the words. */
export async function violations({ page, kind }: Workbench, theme: string, where: string): Promise<readonly string[]> {
  await setTheme(page, theme);
  await endTransitions(page);
  // axe opens a page of its own by default, which a desktop window can't.
  const { violations: all } = await new AxeBuilder({ page }).setLegacyMode(kind === 'desktop').analyze();
  return all.map(
    ({ id, nodes }) =>
      `${where}: ${id} at ${nodes.map((node) => `${node.html.slice(0, 160)} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`).join(', ')}`,
  );
}

/** Colours on their way from one to another are neither, and one may begin at any time. Through a style sheet of the document: the policy of the page allows no other. */
async function endTransitions(page: Page): Promise<void> {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*, *::before, *::after { transition: none !important; }');
    document.adoptedStyleSheets = [sheet];
  });
}

/** The attribute that the theme switch sets; the switch itself is tested where settings are. */
async function setTheme(page: Page, theme: string): Promise<void> {
  await page.evaluate((value) => document.documentElement.setAttribute('data-theme', value), theme);
}
