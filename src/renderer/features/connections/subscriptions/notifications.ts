/** Whether the desktop could show notifications if the person allowed it. */
export function canAskForNotifications(): boolean {
  return typeof Notification !== 'undefined' && Notification.permission === 'default';
}

export async function askForNotifications(): Promise<void> {
  await Notification.requestPermission();
}

/** Shows one on the desktop while nobody looks at the page, where that is allowed. */
export function notifyDesktop(title: string, body: string, onClick: () => void): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted' || !document.hidden) return;
  const shown = new Notification(title, { body, tag: title });
  shown.addEventListener('click', () => {
    window.focus();
    shown.close();
    onClick();
  });
}
