import type { ElectronApplication, Page } from '@playwright/test';
import type { EngineHealth, PreloadApi } from '../../src/shared/host/preload-api.ts';
import { expect } from '../e2e/workbench.ts';

/** What the desktop host adds to the page, as the page sees it. */
export interface HostWindow extends Window {
  readonly workbenchHost: PreloadApi;
}

/** Everything the program writes to its standard error output from now on. */
export function watchLog(electron: ElectronApplication): () => string {
  let text = '';
  electron.process().stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

/** The process id of the running engine. */
export async function enginePid(electron: ElectronApplication): Promise<number> {
  let pid: number | undefined;
  await expect
    .poll(
      async () =>
        (pid = await electron.evaluate(
          ({ app }) => app.getAppMetrics().find(({ serviceName, name }) => `${serviceName} ${name}`.includes('MQTT Workbench engine'))?.pid,
        )),
    )
    .toBeDefined();
  return pid ?? 0;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits for a healthy engine, then records what the page hears of its health, the present state first. */
export async function recordHealth(page: Page): Promise<() => Promise<readonly EngineHealth[]>> {
  const list = await page.evaluateHandle(async () => {
    const { workbenchHost } = window as unknown as HostWindow;
    await new Promise<void>((resolve) => workbenchHost.onEngineHealth((health) => health === 'running' && resolve()));
    const seen: EngineHealth[] = [];
    workbenchHost.onEngineHealth((health) => seen.push(health));
    return seen;
  });
  return () => list.evaluate((seen) => [...seen]);
}

/**
 * Asks the host for a port as a page does; resolves with whether one came that carries the nonce. Only the newest request of a page is
 * answered, and the page under test asks for itself as well, so this one is repeated.
 */
export function askForPort(page: Page, nonce: string): Promise<boolean> {
  return page.evaluate(
    (wanted) =>
      new Promise<boolean>((resolve) => {
        const ask = (): void => (window as unknown as HostWindow).workbenchHost.requestPort(wanted);
        const repeat = setInterval(ask, 2000);
        window.addEventListener('message', (event: MessageEvent<{ readonly type?: string; readonly nonce?: string }>) => {
          if (event.origin !== location.origin || event.data.type !== 'workbench-port' || event.data.nonce !== wanted) return;
          clearInterval(repeat);
          resolve(event.ports.length === 1);
          event.ports[0]?.close();
        });
        ask();
      }),
    nonce,
  );
}

/** Replaces the system's message box: records each question and answers it with the button of that number. */
export async function answerDialogs(
  electron: ElectronApplication,
  button: number,
): Promise<() => Promise<readonly { readonly message: string; readonly detail: string; readonly buttons: readonly string[] }[]>> {
  const asked = await electron.evaluateHandle(({ dialog }, response) => {
    const questions: { message: string; detail: string; buttons: string[] }[] = [];
    dialog.showMessageBox = (...args: unknown[]) => {
      const { message = '', detail = '', buttons = [] } = args.at(-1) as { message?: string; detail?: string; buttons?: string[] };
      questions.push({ message, detail, buttons });
      return Promise.resolve({ response, checkboxChecked: false });
    };
    return questions;
  }, button);
  return () => asked.evaluate((questions) => [...questions]);
}
