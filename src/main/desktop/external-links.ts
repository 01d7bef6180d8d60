import { dialog, shell, type BrowserWindow } from 'electron';
import { externalAddress } from './external-address.ts';

let asking = false;

/** Opens a web or mail address in the program of the system, after the user has seen it and agreed. */
export async function openExternal(text: string, parent: BrowserWindow | null): Promise<void> {
  const address = externalAddress(text);
  // One question at a time: a page cannot bury the user in them.
  if (!address || asking) return;
  asking = true;
  try {
    const options = {
      type: 'question' as const,
      message: address.startsWith('mailto:') ? 'Write to this address in your mail program?' : 'Open this address in your browser?',
      detail: address,
      buttons: ['Open', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    };
    const { response } = parent ? await dialog.showMessageBox(parent, options) : await dialog.showMessageBox(options);
    if (response === 0) await shell.openExternal(address);
  } finally {
    asking = false;
  }
}
