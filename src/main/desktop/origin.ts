/** Where the page lives. Nothing else is ever loaded into a window. */
export const appScheme = 'app';
const appHost = 'workbench';
export const appOrigin = `${appScheme}://${appHost}`;

/** True for addresses of our own page; says no to anything that does not parse. */
export function isOwnUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === `${appScheme}:` && url.host === appHost && url.username === '' && url.password === '';
}

/** The parts of a frame that decide whether it may speak to the main process. */
interface SenderFrame {
  readonly url: string;
  readonly parent: object | null;
}

/** Only the top frame of our own page is heard; frames that are gone, embedded or foreign are not. */
export function isTrustedSender(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && isOwnUrl(frame.url);
}
