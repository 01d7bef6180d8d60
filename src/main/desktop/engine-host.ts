import { app, BrowserWindow, dialog, MessageChannelMain, safeStorage, type MessagePortMain, type WebContents } from 'electron';
import { toMain, toPage } from '../../shared/host/channels.ts';
import type { EngineStartOptions, FromEngineProcess } from '../engine/engine-process-protocol.ts';
import { defaultLimits } from './engine-lifecycle.ts';
import { forkEngine, type EngineProcess } from './engine-process.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { onPageMessage } from './ipc-main.ts';
import { isOwnUrl } from './origin.ts';
import { PortHandover } from './port-handover.ts';
import { VaultCipher } from './vault-cipher.ts';

export interface EngineHostOptions {
  readonly entryFile: string;
  readonly start: EngineStartOptions;
  readonly onSettings: (settings: Extract<FromEngineProcess, { type: 'settings' }>['settings']) => void;
  readonly log: (line: string) => void;
}

export interface EngineHost {
  /** Resolves when no engine runs any more. */
  stop(): Promise<void>;
}

/** Runs the engine beside the windows: keeps it alive, connects pages to it, tells them how it is. */
export function startEngineHost(options: EngineHostOptions): EngineHost {
  const { log } = options;
  let engine: EngineProcess | undefined;
  let refusal: { readonly message: string; readonly advice?: string | undefined } | undefined;
  const cipher = new VaultCipher({ store: safeStorage, platform: process.platform, onWeak: log });
  const handover = new PortHandover<MessagePortMain>({
    openChannel: () => new MessageChannelMain(),
    giveToEngine: (port) => {
      engine?.givePort(port);
      return engine !== undefined;
    },
    onRefused: (problem) => log(problem.message),
  });
  const supervisor = new EngineSupervisor({
    limits: defaultLimits,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
    fork: (events) => {
      const forked = forkEngine(
        {
          entryFile: options.entryFile,
          start: options.start,
          answerVault: (request) => cipher.answer(request),
          onSettings: options.onSettings,
          onRefused: (error) => {
            log(`engine: could not start: ${error.message}`);
            refusal = error;
          },
          log,
        },
        {
          ...events,
          exited: (code) => {
            log(`engine exited with code ${code}`);
            if (engine === forked) engine = undefined;
            events.exited(code);
          },
        },
      );
      engine = forked;
      refusal = undefined;
      handover.serveWaiting();
      return forked;
    },
    onHealth: () => {
      for (const window of BrowserWindow.getAllWindows()) tellHealth(window.webContents);
    },
    onFailed: (exitCode) => {
      askWhatToDo(refusal, exitCode).then(
        (choice) => (choice === 'restart' ? supervisor.restart() : app.quit()),
        (error: unknown) => log(String(error)),
      );
    },
  });

  const tellHealth = (contents: WebContents): void => {
    if (isOwnUrl(contents.getURL())) contents.send(toPage.engineHealth, supervisor.health);
  };
  app.on('web-contents-created', (_event, contents) => contents.on('dom-ready', () => tellHealth(contents)));

  const refused = (problem: Error): void => log(problem.message);
  onPageMessage(toMain.requestPort, ({ contents, frame, data }) => handover.request(contents, frame, data), refused);
  onPageMessage(toMain.restartEngine, () => supervisor.restart(), refused);
  supervisor.start();
  return { stop: () => supervisor.stop() };
}

async function askWhatToDo(
  refusal: { readonly message: string; readonly advice?: string | undefined } | undefined,
  exitCode: number | undefined,
): Promise<'restart' | 'quit'> {
  const question = {
    type: 'error' as const,
    message: refusal ? refusal.message : 'The engine of the workbench keeps stopping.',
    detail: refusal
      ? (refusal.advice ?? '')
      : `It was started ${defaultLimits.retryDelaysMs.length + 1} times and stopped each time${exitCode === undefined ? '' : ` (last with code ${exitCode})`}. The broker and all connections are off.`,
    buttons: [refusal ? 'Try again' : 'Restart', 'Quit'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  };
  const window = BrowserWindow.getAllWindows()[0];
  const { response } = window ? await dialog.showMessageBox(window, question) : await dialog.showMessageBox(question);
  return response === 0 ? 'restart' : 'quit';
}
