import type { Session } from 'electron';
import { isOwnUrl } from './origin.ts';

/** The page may write text to the clipboard and show notifications. It gets nothing else: no camera, devices, clipboard reading. */
export function isPermissionGranted(permission: string, requestingUrl: string): boolean {
  return (permission === 'clipboard-sanitized-write' || permission === 'notifications') && isOwnUrl(requestingUrl);
}

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => answer(isPermissionGranted(permission, details.requestingUrl)));
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) => isPermissionGranted(permission, requestingOrigin));
  session.setDevicePermissionHandler(() => false);
  // The content security policy forbids these already; here they fail even if a page were served without it.
  session.webRequest.onBeforeRequest({ urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'file://*/*', 'ftp://*/*'] }, (_details, answer) =>
    answer({ cancel: true }),
  );
}
