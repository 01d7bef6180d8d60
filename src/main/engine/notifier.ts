/** Tells listeners that something changed; what, they read themselves. */
export interface Notifier {
  readonly notify: () => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createNotifier(): Notifier {
  const listeners = new Set<() => void>();
  return {
    notify() {
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
