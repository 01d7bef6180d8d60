import { ipcMain, type IpcMainEvent, type WebContents, type WebFrameMain } from 'electron';
import type { ToMainChannel } from '../../shared/host/channels.ts';
import { isTrustedSender } from './origin.ts';

/** A message from a page, after its sender was checked. `data` is untrusted. */
export interface PageMessage {
  readonly data: unknown;
  readonly contents: WebContents;
  readonly frame: WebFrameMain;
}

/** Listens on a channel. Messages from any other sender than our own page are refused, see `isTrustedSender`. */
export function onPageMessage(channel: ToMainChannel, listener: (message: PageMessage) => void, onRefused: (problem: Error) => void): void {
  ipcMain.on(channel, (event: IpcMainEvent, data: unknown) => {
    const frame = event.senderFrame;
    if (frame !== null && isTrustedSender(frame)) listener({ data, contents: event.sender, frame });
    else onRefused(new Error(`refused ${channel} from ${frame?.url ?? 'a frame that is gone'}`));
  });
}
