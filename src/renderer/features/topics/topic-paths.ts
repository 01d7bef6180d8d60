/** One part of a topic for the breadcrumbs: its text and the path down to it. */
export interface Crumb {
  readonly name: string;
  readonly path: string;
}

export function crumbs(topic: string): readonly Crumb[] {
  const levels = topic.split('/');
  return levels.map((name, at) => ({ name, path: levels.slice(0, at + 1).join('/') }));
}

export function parentPath(path: string): string | null {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? null : path.slice(0, slash);
}

/** Whether the filter box holds an MQTT filter; then the engine matches levels instead of parts of names. */
export function isMqttFilter(filter: string): boolean {
  return /[+#]/.test(filter);
}

/** What a level without characters is called, since an empty label could not be seen or clicked. */
export function levelLabel(name: string): string {
  return name === '' ? '(empty)' : name;
}
