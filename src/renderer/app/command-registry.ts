/** Something the user can do. Menu, palette, keys and tests all run the same one. */
export interface Command {
  /** `place.action` in letters, digits, `.`, `-` and `_`; stays the same for ever, because key settings name it. */
  readonly id: string;
  /** What it does, as a menu would say: `Start local broker`. */
  readonly title: string;
  /** Heading in the palette and title of the native menu it goes to: `View`, `Broker`. */
  readonly group: string;
  /** Default key chord, see ui/chord.ts. */
  readonly shortcut?: string | undefined;
  /** The place that offers it; commands of different places may share keys, because only one place is shown. Absent: offered everywhere. */
  readonly place?: string | undefined;
  /** Of a place with several views, the one that offers it; commands of different views may share keys as well. Absent: offered in all of them. */
  readonly view?: string | undefined;
  /** Further words the palette finds it by. */
  readonly keywords?: string | undefined;
  /** Whether it can be run now; asked at each use. Absent: always. */
  readonly when?: (() => boolean) | undefined;
  readonly run: () => void | Promise<void>;
}

export interface CommandRegistry {
  /** Adds commands; of two with the same id the one added last counts. Returns what takes them back. */
  register(commands: readonly Command[]): () => void;
  get(id: string): Command | undefined;
  /** In the order they were added. The same array until something changes. */
  readonly list: () => readonly Command[];
  readonly subscribe: (listener: () => void) => () => void;
  /** Runs a command if it exists and can be run now; what goes wrong in it reaches `onError`. */
  run(id: string): Promise<boolean>;
}

export function createCommandRegistry(onError: (error: unknown, command: Command) => void): CommandRegistry {
  const added: (readonly Command[])[] = [];
  const listeners = new Set<() => void>();
  let byId: ReadonlyMap<string, Command> = new Map();
  let list: readonly Command[] = [];

  const rebuild = (): void => {
    byId = new Map(added.flat().map((command) => [command.id, command]));
    list = [...byId.values()];
    for (const listener of [...listeners]) listener();
  };

  return {
    register: (commands) => {
      added.push(commands);
      rebuild();
      return () => {
        const at = added.lastIndexOf(commands);
        if (at < 0) return;
        added.splice(at, 1);
        rebuild();
      };
    },
    get: (id) => byId.get(id),
    list: () => list,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    run: async (id) => {
      const command = byId.get(id);
      if (!command || command.when?.() === false) return false;
      try {
        await command.run();
      } catch (error) {
        onError(error, command);
      }
      return true;
    },
  };
}
