import { expect, test } from 'vitest';
import { isPermissionGranted } from './permissions.ts';

test('the page may write to the clipboard, and nobody else', () => {
  expect(isPermissionGranted('clipboard-sanitized-write', 'app://workbench/')).toBe(true);
  expect(isPermissionGranted('clipboard-sanitized-write', 'https://example.com/')).toBe(false);
});

test('the page may show notifications, and nobody else', () => {
  expect(isPermissionGranted('notifications', 'app://workbench/')).toBe(true);
  expect(isPermissionGranted('notifications', 'https://example.com/')).toBe(false);
});

test.each(['clipboard-read', 'media', 'geolocation', 'midi', 'pointerLock', 'fullscreen', 'openExternal', 'fileSystem', 'hid', 'serial', 'usb'])(
  '%s is denied',
  (permission) => expect(isPermissionGranted(permission, 'app://workbench/')).toBe(false),
);
