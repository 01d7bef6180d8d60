/** A path as the tree knows it: without slashes around it. `/` is the root, an empty text. */
export function normalPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

/** Segments for the options of CoAP, where the root has none. */
export function pathSegments(path: string): readonly string[] {
  return path === '' ? [] : path.split('/');
}
