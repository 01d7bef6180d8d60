import { app, BrowserWindow, dialog, nativeTheme, screen, type WebPreferences } from 'electron';
import { appOrigin } from './origin.ts';
import { minimumSize, placeWindow } from './window-state.ts';
import type { WindowStateFile } from './window-state-file.ts';

/** What the page may do. Anything not named here keeps Electron's safe default. */
function webPreferences(preloadFile: string): WebPreferences {
  return {
    preload: preloadFile,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    // Dictionaries would be fetched from the network.
    spellcheck: false,
  };
}

export interface OpenWindowOptions {
  readonly preloadFile: string;
  readonly stateFile: WindowStateFile;
  readonly iconFile: string | undefined;
  readonly log: (line: string) => void;
}

const showAtLatestMs = 4000;
const rememberAfterMs = 400;

export function openWindow(options: OpenWindowOptions): BrowserWindow {
  const { stateFile } = options;
  const primary = screen.getPrimaryDisplay();
  const workAreas = [primary, ...screen.getAllDisplays().filter((display) => display.id !== primary.id)].map((display) => display.workArea);
  const window = new BrowserWindow({
    ...placeWindow(stateFile.state.bounds, workAreas),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: 'MQTT Workbench',
    show: false,
    backgroundColor: canvasColor(),
    ...(options.iconFile === undefined ? {} : { icon: options.iconFile }),
    webPreferences: webPreferences(options.preloadFile),
  });
  showWhenPainted(window, stateFile);
  followTheme(window);
  rememberPlace(window, stateFile);
  recoverFromCrash(window, options.log);
  window.loadURL(`${appOrigin}/`).catch((error: unknown) => options.log(`the page could not be loaded: ${String(error)}`));
  return window;
}

/** The page's `--canvas`: seen before the first paint and at the edges while the window is resized. */
function canvasColor(): string {
  return nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff';
}

function followTheme(window: BrowserWindow): void {
  const paint = (): void => window.setBackgroundColor(canvasColor());
  nativeTheme.on('updated', paint);
  window.once('closed', () => nativeTheme.off('updated', paint));
}

/** Shown with its first picture; a page that paints nothing is shown anyway, so that the app cannot be running unseen. */
function showWhenPainted(window: BrowserWindow, stateFile: WindowStateFile): void {
  const { maximized, fullScreen } = stateFile.state;
  const show = (): void => {
    clearTimeout(latest);
    if (window.isDestroyed() || window.isVisible()) return;
    if (maximized) window.maximize();
    if (fullScreen) window.setFullScreen(true);
    window.show();
  };
  const latest = setTimeout(show, showAtLatestMs);
  window.once('ready-to-show', show);
  window.once('closed', () => clearTimeout(latest));
}

function rememberPlace(window: BrowserWindow, stateFile: WindowStateFile): void {
  let timer: NodeJS.Timeout | undefined;
  const remember = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed() || !window.isVisible()) return;
    stateFile.update({ bounds: window.getNormalBounds(), maximized: window.isMaximized(), fullScreen: window.isFullScreen() });
  };
  const rememberSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(remember, rememberAfterMs);
  };
  window.on('resize', rememberSoon);
  window.on('move', rememberSoon);
  window.on('maximize', rememberSoon);
  window.on('unmaximize', rememberSoon);
  window.on('enter-full-screen', rememberSoon);
  window.on('leave-full-screen', rememberSoon);
  window.on('close', remember);
  // First, because the next listener closes the windows.
  app.prependListener('before-quit', remember);
  window.once('closed', () => {
    clearTimeout(timer);
    app.off('before-quit', remember);
  });
}

const reloadsInARow = 2;
const calmAfterMs = 30_000;

/** A crashed page is loaded again; one that keeps crashing is left to the user. */
function recoverFromCrash(window: BrowserWindow, log: (line: string) => void): void {
  let reloads = 0;
  let calm: NodeJS.Timeout | undefined;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    log(`the page's process ended: ${reason}`);
    clearTimeout(calm);
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    if (reloads < reloadsInARow) {
      reloads += 1;
      calm = setTimeout(() => (reloads = 0), calmAfterMs);
      window.webContents.reload();
      return;
    }
    dialog
      .showMessageBox(window, {
        type: 'error',
        message: 'The window keeps failing.',
        detail: 'The local broker and the connections go on working in the background.',
        buttons: ['Load it again', 'Close the window'],
        defaultId: 0,
        cancelId: 1,
        noLink: true,
      })
      .then(({ response }) => {
        reloads = 0;
        if (response === 0) window.webContents.reload();
        else window.destroy();
      })
      .catch((error: unknown) => log(String(error)));
  });
  window.once('closed', () => clearTimeout(calm));
}
