const longestAddress = 2048;

/** The form in which an address from the page may be opened outside the app, or `undefined` when it must not be. */
export function externalAddress(text: string): string | undefined {
  if (text.length > longestAddress || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol === 'mailto:') return url.href;
  // User info in a web address serves only to disguise its host.
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : undefined;
}
