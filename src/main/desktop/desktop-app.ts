import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, BrowserWindow, nativeTheme, session } from 'electron';
import { toMain } from '../../shared/host/channels.ts';
import { defaultWorkspaceFolder } from '../engine/workspace-folder.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { startEngineHost, type EngineHost } from './engine-host.ts';
import { onPageMessage } from './ipc-main.ts';
import { setMenuFromPage, setStandardMenu } from './menu.ts';
import { guardNavigation } from './navigation.ts';
import { denyPermissions } from './permissions.ts';
import { appFolders, workspaceArgument } from './start-arguments.ts';
import { UnsavedChanges } from './unsaved-changes.ts';
import { openWindow } from './window.ts';
import { WindowStateFile } from './window-state-file.ts';

const distFolder = path.dirname(import.meta.dirname);
const inDist = (...parts: string[]): string => path.join(distFolder, ...parts);
const log = (line: string): void => void process.stderr.write(`${line}\n`);

const folders = appFolders(app.getPath('userData'), workspaceArgument(process.argv, process.cwd()), defaultWorkspaceFolder());

/** Opens the window, or shows that of the instance that runs already. */
export function startDesktop(): void {
  app.setPath('userData', folders.userData);
  app.setPath('sessionData', folders.userData);
  // Root cannot use the sandbox, so that machines for tests start with this switch; enabling it there would end the app.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerAppScheme();
  process.on('unhandledRejection', (reason) => log(`unhandled rejection: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`));

  if (app.requestSingleInstanceLock()) {
    guardNavigation((problem) => log(String(problem)));
    // Not awaited: an ES module must have been run to its end before the app becomes ready.
    app.whenReady().then(run, (error: unknown) => {
      log(String(error));
      app.exit(1);
    });
  } else {
    // The running instance has been told and shows its window.
    app.exit(0);
  }
}

function run(): void {
  const stateFile = new WindowStateFile(path.join(folders.userData, 'window.json'), (problem) => log(`window state: ${String(problem)}`));
  const iconFile = path.join(distFolder, '..', 'assets', 'icon.png');
  const unsaved = new UnsavedChanges(log);
  const open = (): BrowserWindow => {
    const window = openWindow({ preloadFile: inDist('preload', 'preload.cjs'), stateFile, iconFile: existsSync(iconFile) ? iconFile : undefined, log });
    unsaved.guard(window);
    return window;
  };

  nativeTheme.themeSource = stateFile.state.theme;
  denyPermissions(session.defaultSession);
  serveApp(session.defaultSession, inDist('page'));
  setStandardMenu();
  const engine = startEngineHost({
    entryFile: inDist('engine', 'engine-process.js'),
    start: {
      host: 'desktop',
      appVersion: app.getVersion(),
      workspaceFolder: folders.workspace,
      workers: { broker: pathToFileURL(inDist('workers', 'broker-worker.js')).href, store: pathToFileURL(inDist('workers', 'store-worker.js')).href },
    },
    onSettings: ({ theme }) => {
      const source = theme === 'contrast' ? 'dark' : theme;
      nativeTheme.themeSource = source;
      stateFile.update({ theme: source });
    },
    log,
  });
  const refused = (problem: Error): void => log(problem.message);
  onPageMessage(
    toMain.setMenu,
    ({ data, contents }) => {
      if (!setMenuFromPage(data, contents)) log('refused a menu that makes no sense');
    },
    refused,
  );

  open();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open();
  });
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0] ?? open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  });
  quitInOrder(engine, unsaved);
}

/** Quitting closes the windows, which may ask about unsaved changes, then waits for the engine to say goodbye to its peers and to close its files; the supervisor bounds that time. */
function quitInOrder(engine: EngineHost, unsaved: UnsavedChanges): void {
  let progress: 'idle' | 'closing' | 'stopping' | 'stopped' = 'idle';
  unsaved.onStay = () => {
    if (progress === 'closing') progress = 'idle';
  };
  // On macOS an app stays when its windows are gone, and so do its broker and connections.
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' || progress === 'closing') app.quit();
  });
  app.on('before-quit', (event) => {
    if (progress === 'stopped') return;
    event.preventDefault();
    if (progress === 'stopping') return;
    if (BrowserWindow.getAllWindows().length > 0) {
      progress = 'closing';
      unsaved.closeAll();
      return;
    }
    progress = 'stopping';
    const quit = (): void => {
      progress = 'stopped';
      app.quit();
    };
    engine.stop().then(quit, quit);
  });
}
