import path from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { contentSecurityPolicy } from '../../src/shared/security/content-security-policy.ts';
import { expect, test as base } from '../e2e/workbench.ts';
import { distFolder } from '../../tools/project.ts';
import { answerDialogs, askForPort, watchLog } from './desktop-host.ts';

const test = base.extend<{ readonly electron: ElectronApplication }>({
  electron: async ({ workbench }, use) => {
    if (!workbench.electron) throw new Error('These tests are for the desktop host.');
    await use(workbench.electron);
  },
});

test('the window is sandboxed, isolated and has nothing switched on that weakens it', async ({ electron }) => {
  const preferences = await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows().map((window) => window.webContents);
    return contents.map((each) => (each as unknown as { getLastWebPreferences(): Record<string, unknown> }).getLastWebPreferences());
  });
  expect(preferences).toHaveLength(1);
  expect(preferences[0]).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
  });
  // Electron lists these only where they are set.
  for (const weakness of ['nodeIntegrationInWorker', 'navigateOnDragDrop', 'spellcheck', 'experimentalFeatures', 'enableBlinkFeatures', 'disableBlinkFeatures'])
    expect(preferences[0]?.[weakness] ?? '', weakness).toBeFalsy();
});

test('the page has no Node, and exactly one name from the host with exactly its documented members', async ({ workbench: { page } }) => {
  const seen = await page.evaluate(() => {
    const pristine = document.createElement('iframe');
    document.body.append(pristine);
    const added = Object.getOwnPropertyNames(window).filter(
      (name) => !(name in (pristine.contentWindow as Window)) && /host|electron|ipc|preload|node|require|process|bridge/i.test(name),
    );
    pristine.remove();
    const host = (window as unknown as { workbenchHost: Record<string, unknown> }).workbenchHost;
    return {
      added,
      members: Object.fromEntries(Object.entries(host).map(([name, value]) => [name, typeof value])),
      globals: ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter((name) => name in window),
    };
  });
  expect(seen.added).toEqual(['workbenchHost']);
  expect(seen.members).toEqual({
    platform: 'string',
    requestPort: 'function',
    setMenu: 'function',
    onCommand: 'function',
    onEngineHealth: 'function',
    restartEngine: 'function',
  });
  expect(seen.globals).toEqual([]);
});

test('every answer of app:// carries the policy, with Trusted Types', async ({ workbench: { page } }) => {
  expect(page.url()).toMatch(/^app:\/\/workbench\//);
  const headers = await page.evaluate(async () => {
    const script = document.querySelector('script[src]')?.getAttribute('src') ?? '';
    const answers = await Promise.all(['/', script, '/missing'].map((address) => fetch(address)));
    return answers.map((answer) => ({ policy: answer.headers.get('content-security-policy'), sniff: answer.headers.get('x-content-type-options') }));
  });
  expect(headers).toEqual(Array.from({ length: 3 }, () => ({ policy: contentSecurityPolicy, sniff: 'nosniff' })));
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
  ])
    expect(contentSecurityPolicy).toContain(part);
  expect(contentSecurityPolicy).not.toMatch(/script-src[^;]*(unsafe|http|blob|data|\*)/);
});

test('markup, code and policies from text are refused', async ({ workbench: { page } }) => {
  const outcome = await page.evaluate(async () => {
    // Past the first turn, in which the test's own access lifts the policy.
    await new Promise((resolve) => setTimeout(resolve, 0));
    // It runs in the page, where it can reach nothing of this file.
    // oxlint-disable-next-line unicorn/consistent-function-scoping
    const attempt = (run: () => unknown): string => {
      try {
        run();
        return 'allowed';
      } catch (error) {
        return (error as Error).name;
      }
    };
    return {
      html: attempt(() => (document.createElement('div').innerHTML = '<b>x</b>')),
      // oxlint-disable-next-line no-new-func, no-implied-eval, no-new
      code: attempt(() => new Function('return 1')()),
      script: attempt(() => (document.createElement('script').src = 'https://example.com/x.js')),
      policy: attempt(() =>
        (window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }).trustedTypes.createPolicy('stranger', {}),
      ),
    };
  });
  expect(outcome).toEqual({ html: 'TypeError', code: 'EvalError', script: 'TypeError', policy: 'TypeError' });
});

test('app:// serves only the built page, only to reading', async ({ workbench: { page } }) => {
  const statuses = await page.evaluate(async () => {
    // It runs in the page, where it can reach nothing of this file.
    // oxlint-disable-next-line unicorn/consistent-function-scoping
    const status = async (address: string, method = 'GET'): Promise<number> => (await fetch(address, { method })).status;
    return {
      page: await status('/'),
      head: await status('/index.html', 'HEAD'),
      post: await status('/', 'POST'),
      outside: await Promise.all(
        [
          '/../package.json',
          '/%2e%2e/package.json',
          '/..%2fpackage.json',
          '/..%2f..%2fpackage.json',
          '/..%5c..%5cpackage.json',
          '/%2fetc%2fpasswd',
          '/assets%2f..%2f..%2fdesktop%2fmain.js',
          '/%00',
          '/'.repeat(2) + 'etc/passwd',
        ].map((address) => status(new URL(location.origin + address).href)),
      ),
    };
  });
  expect(statuses).toEqual({ page: 200, head: 200, post: 405, outside: Array.from({ length: 9 }, () => 404) });
});

test('the network is out of reach, also past the content security policy', async ({ workbench: { page }, electron }) => {
  const failure = await page.evaluate(() =>
    fetch('https://example.com/').then(
      () => 'fetched',
      (error: unknown) => (error as Error).name,
    ),
  );
  expect(failure).toBe('TypeError');
  const blocked = await electron.evaluate(async ({ BrowserWindow }) => {
    const window = new BrowserWindow({ show: false });
    const outcomes = await Promise.all(
      ['http://127.0.0.1:9/', 'file:///etc/hostname'].map((address) =>
        window.loadURL(address).then(
          () => 'loaded',
          (error: unknown) => (error as { code: string }).code,
        ),
      ),
    );
    window.destroy();
    return outcomes;
  });
  expect(blocked).not.toContain('loaded');
});

test('permissions are denied, all but writing to the clipboard and notifications', async ({ workbench: { page } }) => {
  const states = await page.evaluate(async () => {
    // It runs in the page, where it can reach nothing of this file.
    // oxlint-disable-next-line unicorn/consistent-function-scoping
    const query = async (name: string): Promise<string> => (await navigator.permissions.query({ name: name as PermissionName })).state;
    const names = ['notifications', 'geolocation', 'camera', 'microphone', 'midi', 'clipboard-read', 'persistent-storage', 'clipboard-write'];
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await query(name)] as const)));
  });
  const { 'clipboard-write': clipboard, notifications, ...others } = states;
  expect([clipboard, notifications]).toEqual(['granted', 'granted']);
  expect(new Set(Object.values(others))).toEqual(new Set(['denied']));
  const asked = await page.evaluate(async () => ({
    notifications: await Notification.requestPermission(),
    camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'granted',
      (error: unknown) => (error as Error).name,
    ),
    clipboard: await navigator.clipboard.readText().then(
      () => 'granted',
      (error: unknown) => (error as Error).name,
    ),
  }));
  expect(asked).toEqual({ notifications: 'granted', camera: expect.not.stringMatching('granted'), clipboard: 'NotAllowedError' });
});

test('the window stays on its page', async ({ workbench: { page }, electron }) => {
  await page.evaluate(() => ((window as unknown as { stayed: boolean }).stayed = true));
  const seen = await electron.evaluateHandle(({ BrowserWindow }) => {
    const navigations: { url: string; prevented: boolean }[] = [];
    const note = (event: { url: string; defaultPrevented: boolean }): void => void navigations.push({ url: event.url, prevented: event.defaultPrevented });
    BrowserWindow.getAllWindows()[0]?.webContents.on('will-frame-navigate', note);
    return navigations;
  });
  // Chromium itself refuses file: from here and never asks.
  await page.evaluate(() => (location.href = 'file:///etc/passwd'));
  for (const url of ['https://example.com/', 'app://other/', 'http://127.0.0.1:9/']) {
    await page.evaluate((target) => (location.href = target), url);
    await expect.poll(() => seen.evaluate((navigations) => navigations.at(-1))).toEqual({ url, prevented: true });
  }
  expect(page.url()).toMatch(/^app:\/\/workbench\//);
  expect(await page.evaluate(() => (window as unknown as { stayed?: boolean }).stayed)).toBe(true);
});

test('no window and no webview opens; a link goes to the browser only after a yes', async ({ workbench: { page }, electron }) => {
  const opened = await electron.evaluateHandle(({ shell }) => {
    const addresses: string[] = [];
    shell.openExternal = (address) => Promise.resolve(void addresses.push(address));
    return addresses;
  });
  const addresses = (): Promise<string[]> => opened.evaluate((list) => [...list]);
  const openAll = (targets: readonly string[]): Promise<boolean> => page.evaluate((list) => list.every((target) => window.open(target) === null), targets);

  const no = await answerDialogs(electron, 1);
  expect(await openAll(['https://example.com/docs'])).toBe(true);
  await expect.poll(no).toEqual([{ message: 'Open this address in your browser?', detail: 'https://example.com/docs', buttons: ['Open', 'Cancel'] }]);
  expect(await addresses()).toEqual([]);

  const yes = await answerDialogs(electron, 0);
  expect(await openAll(['http://example.com/', 'file:///etc/passwd', 'smb://host/x', 'https://user@example.com/', 'app://workbench/'])).toBe(true);
  expect(await openAll(['mailto:someone@example.com'])).toBe(true);
  await expect.poll(addresses).toEqual(['mailto:someone@example.com']);
  expect(await yes(), 'refused addresses are not even asked about').toHaveLength(1);

  await page.evaluate(() => {
    const view = document.createElement('webview');
    view.setAttribute('src', 'https://example.com/');
    document.body.append(view);
  });
  expect(await electron.evaluate(({ webContents }) => webContents.getAllWebContents().map((contents) => contents.getType()))).toEqual(['window']);
});

test('a port is given only for a proper nonce, and only to our own page', async ({ workbench: { page }, electron }) => {
  const log = watchLog(electron);
  expect(await askForPort(page, 'nonce-of-the-test-0001')).toBe(true);
  await page.evaluate(() => (window as unknown as { workbenchHost: { requestPort(nonce: unknown): void } }).workbenchHost.requestPort({ length: 20 }));
  await expect.poll(log).toContain('refused a port request without a proper nonce');

  const stranger = await electron.evaluateHandle(
    async ({ BrowserWindow }, preload) => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await window.loadURL('data:text/html,<title>stranger</title>');
      await window.webContents.executeJavaScript(
        `globalThis.ports = 0; addEventListener('message', (event) => { globalThis.ports += event.ports.length; }); workbenchHost.requestPort('nonce-of-a-stranger-01');`,
      );
      return window;
    },
    path.join(distFolder, 'preload', 'preload.cjs'),
  );
  await expect.poll(log).toContain('refused workbench:request-port from data:');
  expect(await stranger.evaluate((window) => window.webContents.executeJavaScript('globalThis.ports'))).toBe(0);
  await stranger.evaluate((window) => window.destroy());
});
