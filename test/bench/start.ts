import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { buildIfStale } from '../../tools/build.ts';
import { findChromium } from '../../tools/system.ts';
import { engineClient } from '../e2e/engine-client.ts';
import { startHeadless, stopProcess } from '../e2e/workbench.ts';
import type { BenchRow } from './bench.ts';

const runs = 3;

/** From the command (already built) to the first paint of the start screen, and from the click to a running broker. */
export async function benchStart(): Promise<readonly BenchRow[]> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium or Chrome was found. Install one, or name it in CHROMIUM_PATH.');
  await buildIfStale();
  const host: number[] = [];
  const paint: number[] = [];
  const broker: number[] = [];
  const stop: number[] = [];
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  for (let run = 0; run < runs; run += 1) {
    const workspace = mkdtempSync(path.join(os.tmpdir(), 'workbench-bench-'));
    const began = performance.now();
    const { child, url } = await startHeadless(['--port', '0', '--workspace', workspace]);
    host.push(performance.now() - began);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    const button = page.getByRole('button', { name: 'Start local broker' }).first();
    await button.waitFor();
    paint.push(performance.now() - began);
    // Free ports, so that no other broker of this machine is in the way.
    const engine = await engineClient(url);
    await engine.call('workspace.updateSettings', { broker: { engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: 0 } });
    engine.close();
    const clicked = performance.now();
    await button.click();
    await page.getByRole('tree', { name: 'Topics' }).getByRole('treeitem').first().waitFor();
    broker.push(performance.now() - clicked);
    const stopping = performance.now();
    await page.close();
    await stopProcess(child);
    stop.push(performance.now() - stopping);
    rmSync(workspace, { recursive: true, force: true });
  }
  await browser.close();
  return [
    { name: 'command to address printed', unit: 'ms', values: host },
    { name: 'command to start screen', unit: 'ms', values: paint },
    { name: 'click to first demo topic', unit: 'ms', values: broker },
    { name: 'clean stop with clients', unit: 'ms', values: stop },
  ];
}
