import { app, BrowserWindow, Menu, type WebContents } from 'electron';
import { toPage } from '../../shared/host/channels.ts';
import type { MenuCommand } from '../../shared/host/preload-api.ts';
import { parseMenuCommands } from './menu-commands.ts';
import { menuTemplate } from './menu-template.ts';

/** Replaces the native menu by one made from the page's commands; false when the list makes no sense and the menu stays. */
export function setMenuFromPage(value: unknown, contents: WebContents): boolean {
  const commands = parseMenuCommands(value);
  if (!commands) return false;
  setMenu(commands, (commandId) => {
    if (!contents.isDestroyed()) contents.send(toPage.command, commandId);
    BrowserWindow.fromWebContents(contents)?.focus();
  });
  return true;
}

/** The menu until the page has sent its commands. */
export function setStandardMenu(): void {
  setMenu([], () => {});
}

function setMenu(commands: readonly MenuCommand[], run: (commandId: string) => void): void {
  const template = menuTemplate({ commands, platform: process.platform, appName: app.name, developerTools: true, run });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
