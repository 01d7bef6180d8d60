/** Below `collections/`: the collection itself is the first level. */
export const maxEntryDepth = 10;
/** UTF-16 units of one level. */
const maxLevelLength = 255;

export const requestSuffix = '.request.json';
export const settingsFileName = 'collection.json';

/**
 * Whether a text can be the path of an entry of a collection: levels with `/` between, none empty, hidden or leading elsewhere. It says nothing about
 * whether the entry exists, or is a link.
 */
export function isEntryPath(text: string): boolean {
  const levels = text.split('/');
  return levels.length <= maxEntryDepth && levels.every(isLevel);
}

// oxlint-disable-next-line no-control-regex -- these are what is refused
const forbidden = /[\u0000-\u001f\u007f\\:]/;

/** Hidden files belong to other programs (`.git`), and `.` and `..` lead elsewhere. On Windows a colon names a drive or a stream of a file. */
function isLevel(level: string): boolean {
  return level !== '' && level.length <= maxLevelLength && !level.startsWith('.') && !forbidden.test(level) && level.isWellFormed();
}

/** `null`: a collection, which has nothing above it. */
export function parentPath(path: string): string | null {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? null : path.slice(0, slash);
}

export function lastLevel(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder of the collection that an entry belongs to. */
export function collectionOf(path: string): string {
  return path.split('/', 1)[0] as string;
}
