import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import type { Ledger } from '../../src/shared/contract/messages.ts';
import { buildIfStale } from '../../tools/build.ts';
import { findChromium } from '../../tools/system.ts';
import { engineClient } from '../e2e/engine-client.ts';
import { startHeadless, stopProcess } from '../e2e/workbench.ts';
import type { BenchRow } from './bench.ts';
import { connectLoadGenerator } from './load-generator.ts';

const messagesPerSecond = 10_000;
const topicCount = 10_000;
const runs = 3;
const secondsPerRun = 10;
const million = 1_000_000;

/** Raw publishers → broker → tap → index and store → page: what arrives, what is kept, and how smooth the page stays. */
export async function benchLivePage(): Promise<readonly BenchRow[]> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium or Chrome was found. Install one, or name it in CHROMIUM_PATH.');
  await buildIfStale();
  const workspace = mkdtempSync(path.join(os.tmpdir(), 'workbench-bench-'));
  const { child, url } = await startHeadless(['--port', '0', '--workspace', workspace]);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--enable-precise-memory-info'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    const engine = await engineClient(url);
    let ledger: Ledger | undefined;
    engine.stream('messages.ledger', undefined, { item: (item) => void (ledger = item) });
    await engine.call('broker.setDemoDevice', { enabled: false });
    const status = await engine.call('broker.start', { tcpPort: 0, webSocketPort: null });
    const port = status.listeners.find((listener) => listener.kind === 'tcp')?.port ?? 0;
    await page.getByRole('navigation').getByRole('button', { name: 'Topics', exact: true }).click();
    const topics = Array.from({ length: topicCount }, (_, index) => `bench/line${index % 100}/machine${Math.floor(index / 100)}/value`);
    const load = await connectLoadGenerator(port, topics);
    await load.run({ messagesPerSecond, seconds: 2 });
    await page.getByRole('treeitem').first().waitFor();
    // Every visible row then changes all the time.
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Expand all' }).click();
    await page.getByRole('treeitem', { level: 4 }).first().waitFor();

    const result = {
      frame: [] as number[],
      frame99: [] as number[],
      sent: [] as number[],
      stored: [] as number[],
      dropped: [] as number[],
      heap: [] as number[],
      select: [] as number[],
    };
    for (let run = 0; run < runs; run += 1) {
      const before = await settled(() => ledger);
      const frames = measureFrames(page, secondsPerRun * 1000);
      const select = measureSelection(page);
      const began = performance.now();
      const sent = await load.run({ messagesPerSecond, seconds: secondsPerRun });
      const seconds = (performance.now() - began) / 1000;
      const { p95, p99 } = await frames;
      const after = await settled(() => ledger);
      result.frame.push(p95);
      result.frame99.push(p99);
      result.select.push(await select);
      result.sent.push(sent / seconds);
      result.stored.push(((after.stored - before.stored) / sent) * 100);
      result.dropped.push(countDropped(after) - countDropped(before));
      result.heap.push(await heapMegabytes(page));
    }
    const sentSoFar = 2 * messagesPerSecond + result.sent.length * secondsPerRun * messagesPerSecond;
    await load.run({ messagesPerSecond: 2 * messagesPerSecond, seconds: Math.max(0, million - sentSoFar) / (2 * messagesPerSecond) });
    const atEnd = await settled(() => ledger);
    const heapAtEnd = await heapMegabytes(page);
    load.close();
    engine.close();
    return [
      { name: 'published', unit: 'msg/s', values: result.sent },
      { name: 'stored of published', unit: '%', values: result.stored },
      { name: 'dropped anywhere', unit: 'messages', values: result.dropped },
      { name: 'page frame p95', unit: 'ms', values: result.frame },
      { name: 'page frame p99', unit: 'ms', values: result.frame99 },
      { name: 'click on a topic to its detail', unit: 'ms', values: result.select },
      { name: 'page heap', unit: 'MB', values: result.heap },
      {
        name: 'after 1 million messages: engine memory (RSS)',
        unit: 'MB',
        values: [residentMegabytes(child.pid ?? 0)],
        note: `host, broker, index and store in one process; ${atEnd.stored} stored, ${countDropped(atEnd)} dropped`,
      },
      { name: 'after 1 million messages: page heap', unit: 'MB', values: [heapAtEnd] },
      { name: 'after 1 million messages: history on disk', unit: 'MB', values: [atEnd.sizeBytes / 1e6] },
    ];
  } finally {
    await browser.close();
    await stopProcess(child);
    rmSync(workspace, { recursive: true, force: true });
  }
}

const countDropped = (ledger: Ledger): number => ledger.dropped.reduce((sum, { count }) => sum + count, 0);

/** The ledger once nothing is pending and it no longer moves. */
async function settled(read: () => Ledger | undefined): Promise<Ledger> {
  let last = -1;
  for (;;) {
    const ledger = read();
    if (ledger && ledger.pending === 0 && ledger.received === last) return ledger;
    last = ledger?.received ?? -1;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function measureFrames(page: Page, durationMs: number): Promise<{ p95: number; p99: number }> {
  return page.evaluate(
    (forMs) =>
      new Promise<{ p95: number; p99: number }>((resolve) => {
        const gaps: number[] = [];
        const began = performance.now();
        let last = began;
        const tick = (now: number): void => {
          gaps.push(now - last);
          last = now;
          if (now - began < forMs) return void requestAnimationFrame(tick);
          const sorted = gaps.slice(1).toSorted((a, b) => a - b);
          resolve({ p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 });
        };
        requestAnimationFrame(tick);
      }),
    durationMs,
  );
}

/** Clicks a visible topic under load and waits until its value is painted. */
async function measureSelection(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const leaves = [...document.querySelectorAll<HTMLElement>('[role="treeitem"][aria-level="4"]')];
    const row = leaves.find((candidate) => candidate.getAttribute('aria-selected') !== 'true');
    if (!row) return Number.NaN;
    const heading = (): string | null | undefined => document.querySelector('h2[aria-label^="Topic "]')?.getAttribute('aria-label');
    const before = heading();
    const began = performance.now();
    row.click();
    await new Promise<void>((resolve) => {
      const isShown = (): boolean => heading() !== before && document.querySelector('section[aria-label="Value"]') !== null;
      const wait = (): void => void requestAnimationFrame(isShown() ? () => resolve() : wait);
      wait();
    });
    return performance.now() - began;
  });
}

async function heapMegabytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  await session.detach();
  return usedSize / 1e6;
}

/** Linux only; elsewhere 0. */
function residentMegabytes(pid: number): number {
  try {
    const status = process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
