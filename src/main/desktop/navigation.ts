import { app, BrowserWindow, type Event, type WebContents } from 'electron';
import { openExternal } from './external-links.ts';
import { isOwnUrl } from './origin.ts';

/** Keeps every web contents of the app on our own page; links that open a window are offered to the system's browser. */
export function guardNavigation(onProblem: (problem: unknown) => void): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, onProblem));
}

function guard(contents: WebContents, onProblem: (problem: unknown) => void): void {
  contents.on('will-navigate', refuseForeign);
  contents.on('will-frame-navigate', refuseForeign);
  contents.on('will-redirect', refuseForeign);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url, BrowserWindow.fromWebContents(contents)).catch(onProblem);
    return { action: 'deny' };
  });
}

function refuseForeign(event: Event<{ url: string }>): void {
  if (!isOwnUrl(event.url)) event.preventDefault();
}
