import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Workbench } from './workbench.ts';

const otherThemes = ['dark', 'contrast'] as const;
/** What depends on colours; everything else is the same in each theme. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds in the page as it stands: everything in the light theme, and what depends on colours in the others. The two hosts show the same
 * page, so that a desktop window is asked in one theme. `where` goes into the words.
 */
export async function violations(workbench: Workbench, where: string): Promise<readonly string[]> {
  const found = [...(await analyze(workbench, 'light', where))];
  if (workbench.kind === 'browser') for (const theme of otherThemes) found.push(...(await analyze(workbench, theme, where, colourRules)));
  return found;
}

async function analyze({ page, kind }: Workbench, theme: string, where: string, rules?: string[]): Promise<readonly string[]> {
  await setTheme(page, theme);
  await endTransitions(page);
  // axe opens a page of its own by default, which a desktop window can't.
  const axe = new AxeBuilder({ page }).setLegacyMode(kind === 'desktop');
  const { violations: all } = await (rules ? axe.withRules(rules) : axe).analyze();
  return all.map(
    ({ id, nodes }) =>
      `${where} in the ${theme} theme: ${id} at ${nodes.map((node) => `${node.html.slice(0, 160)} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`).join(', ')}`,
  );
}

/** Colours on their way from one to another are neither, and one may begin at any time; an animation keeps those of the theme in which it began. Through a style sheet of the document: the policy of the page allows no other. */
async function endTransitions(page: Page): Promise<void> {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; }');
    document.adoptedStyleSheets = [sheet];
  });
}

/** The attribute that the theme switch sets; the switch itself is tested where settings are. */
async function setTheme(page: Page, theme: string): Promise<void> {
  await page.evaluate((value) => document.documentElement.setAttribute('data-theme', value), theme);
}
