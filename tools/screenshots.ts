// Makes the pictures in docs/images with the real program: a fresh workspace, the local broker, the demo device.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { goTo, selectTopic, startBroker } from '../test/e2e/steps.ts';
import { startWorkbench } from '../test/e2e/workbench.ts';
import { buildIfStale } from './build.ts';
import { projectFolder } from './project.ts';

const folder = path.join(projectFolder, 'docs', 'images');
mkdirSync(folder, { recursive: true });
await buildIfStale();
const workbench = await startWorkbench('browser');
const { page } = workbench;
const shoot = async (name: string): Promise<void> => {
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate((value) => document.documentElement.setAttribute('data-theme', value), theme);
    await page.screenshot({ path: path.join(folder, `${name}-${theme}.png`) });
  }
};
try {
  await page.getByRole('button', { name: 'Start local broker' }).first().waitFor();
  await shoot('start');
  await startBroker(page);
  await selectTopic(page, 'demo/thermostat/telemetry');
  // A few rounds of telemetry, so that the list and the rates show something.
  await page.getByRole('list', { name: 'Messages' }).getByRole('listitem').nth(5).waitFor();
  await shoot('topics');
  for (const place of ['Broker', 'Connections', 'Settings'] as const) {
    await goTo(page, place);
    await shoot(place.toLowerCase());
  }
} finally {
  await workbench.close();
}
