import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { _electron, chromium, expect, test as base, type Browser, type ElectronApplication, type Page } from '@playwright/test';
import { electronSwitches, findElectron } from '../../tools/electron.ts';
import { distFolder, execute, projectFolder } from '../../tools/project.ts';
import { findChromium, onPath } from '../../tools/system.ts';

export type HostKind = 'browser' | 'desktop';

/** One running workbench with a workspace of its own: the real program, in one of its two hosts. */
export interface Workbench {
  readonly kind: HostKind;
  readonly workspace: string;
  readonly page: Page;
  /** Everything the page reported as an error, Content Security Policy violations included. */
  readonly pageErrors: readonly string[];
  /** Quits the program as a person would and starts it again on the same workspace. */
  restart(): Promise<Page>;
  /** The Electron application; only in the desktop host. */
  readonly electron: ElectronApplication | undefined;
  /** The address with its token; only in the browser host. */
  readonly url: string | undefined;
  close(): Promise<void>;
}

const viewport = { width: 1280, height: 800 };
// Chromium's own services would only run into the closed network of a test machine.
const chromiumSwitches = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** `browser`: taken for its pages and left open; otherwise the workbench has one of its own. */
export async function startWorkbench(kind: HostKind, browser?: Browser): Promise<Workbench> {
  const workspace = mkdtempSync(path.join(os.tmpdir(), 'workbench-e2e-'));
  const errors: string[] = [];
  const open = kind === 'browser' ? (...where: [string, string[]]) => openBrowserHost(...where, browser) : openDesktopHost;
  let session = await open(workspace, errors);
  return {
    kind,
    workspace,
    pageErrors: errors,
    get page() {
      return session.page;
    },
    get electron() {
      return session.electron;
    },
    get url() {
      return session.url;
    },
    async restart() {
      await session.stop();
      session = await open(workspace, errors);
      return session.page;
    },
    async close() {
      await session.stop();
      rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

interface Session {
  readonly page: Page;
  readonly electron: ElectronApplication | undefined;
  readonly url: string | undefined;
  stop(): Promise<void>;
}

const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: findChromium() ?? '', args: chromiumSwitches });

async function openBrowserHost(workspace: string, errors: string[], shared?: Browser): Promise<Session> {
  const { child, url } = await startHeadless(['--port', '0', '--workspace', workspace]);
  const browser = shared ?? (await launchChromium());
  const context = await browser.newContext({ viewport });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
  const page = await context.newPage();
  watchErrors(page, errors);
  await page.goto(url);
  return {
    page,
    electron: undefined,
    url,
    async stop() {
      await (shared ? context : browser).close();
      await stopProcess(child);
    },
  };
}

async function openDesktopHost(workspace: string, errors: string[]): Promise<Session> {
  const found = await findElectron({ download: false });
  if ('missing' in found) throw new Error(found.missing);
  const userData = path.join(workspace, '.electron');
  // Without a path Playwright takes the same Electron and holds the app until it listens; with one, about every fiftieth launch hangs.
  const electron = await _electron.launch({
    args: [...electronSwitches(), '--disable-gpu', `--user-data-dir=${userData}`, projectFolder, '--workspace', workspace],
    cwd: projectFolder,
  });
  const page = await electron.firstWindow();
  await page.setViewportSize(viewport);
  watchErrors(page, errors);
  return {
    page,
    electron,
    url: undefined,
    async stop() {
      // A test may leave something unsaved, and nobody is there to answer.
      await electron
        .evaluate(({ dialog }) => {
          dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
        })
        .catch(() => undefined);
      await electron.close();
    },
  };
}

function watchErrors(page: Page, errors: string[]): void {
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
}

/** Starts the browser host as its own process; resolves with the printed address. */
export async function startHeadless(args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [path.join(distFolder, 'headless', 'main.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = /https?:\/\/\S+\?token=\S+/.exec(output);
      if (match) resolve(match[0]);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('exit', (code) => reject(new Error(`The headless host ended with code ${code}: ${output}`)));
  });
  return { child, url };
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Publishes with mosquitto's own client, a stranger to our code. */
export async function mosquittoPub(port: number, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await execute('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), ...args]);
  if (code !== 0) throw new Error(`mosquitto_pub failed (${code}): ${stderr}`);
}

export const hasMosquittoClients = (): boolean => onPath('mosquitto_pub') !== undefined;

/** Each test gets a fresh workbench of the project's host and fails on any error of the page. */
export const test = base.extend<{ readonly workbench: Workbench }, { readonly chromiumOfWorker: Browser | undefined }>({
  chromiumOfWorker: [
    // Playwright wants the (empty) pattern of fixtures that this one builds on.
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use, info) => {
      const browser = info.project.name === 'browser' ? await launchChromium() : undefined;
      await use(browser);
      await browser?.close();
    },
    { scope: 'worker' },
  ],
  workbench: async ({ chromiumOfWorker }, use, info) => {
    const workbench = await startWorkbench(info.project.name as HostKind, chromiumOfWorker);
    await use(workbench);
    if (info.status !== info.expectedStatus) {
      await info.attach('at-failure', { body: await workbench.page.screenshot().catch(() => Buffer.alloc(0)), contentType: 'image/png' });
      await info.attach('page-errors', { body: workbench.pageErrors.join('\n') || 'none', contentType: 'text/plain' });
    }
    await workbench.close();
  },
});

export { expect };
