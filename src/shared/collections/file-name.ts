import { isWindowsDevice } from '../text/windows-device.ts';

/** UTF-8 bytes: file systems allow 255 for a name, and the ending and that of a temporary file come on top. */
const maxBytes = 180;

// oxlint-disable-next-line no-control-regex -- these are what is replaced
const forbidden = /[\u0000-\u001f\u007f-\u009f<>:"/\\|?*]/g;
/** Invisible, or turning the direction of the text around: two names that look alike. */
const invisible = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A name of a file or folder that every system takes, as close to the given one as can be. */
export function fileNameOf(name: string): string {
  let safe = trimmed(name.toWellFormed().normalize('NFC').replaceAll(invisible, '').replaceAll(forbidden, '-'));
  // Hidden files belong to other programs.
  safe = safe.replace(/^\.+/, (points) => '_'.repeat(points.length));
  safe = trimmed(shortened(safe));
  if (safe === '') return 'unnamed';
  return isWindowsDevice(safe) ? `_${safe}` : safe;
}

/** The first of `name`, `name (2)`, `name (3)` … with the ending that none of the others is taken for on any system. */
export function freeFileName(name: string, ending: string, taken: Iterable<string>): string {
  const others = new Set([...taken].map(fold));
  const safe = fileNameOf(name);
  for (let n = 1; ; n += 1) {
    const candidate = `${safe}${n === 1 ? '' : ` (${n})`}${ending}`;
    if (!others.has(fold(candidate))) return candidate;
  }
}

/** Some file systems tell neither capital letters from small ones, nor the ways to write an accent. */
export function fold(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** Windows drops points and spaces at the end. */
function trimmed(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/^ +|[. ]+$/g, '');
}

function shortened(text: string): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += new TextEncoder().encode(character).length;
    if (bytes > maxBytes) return kept;
    kept += character;
  }
  return kept;
}
