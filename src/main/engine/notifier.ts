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

/** Tells listeners news, one by one. */
export interface Teller<T> {
  readonly tell: (news: T) => void;
  readonly subscribe: (listener: (news: T) => void) => () => void;
}

export function createTeller<T>(): Teller<T> {
  const listeners = new Set<(news: T) => void>();
  return {
    tell(news) {
      for (const listener of listeners) listener(news);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
