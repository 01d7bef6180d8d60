import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { createCommandRegistry, type Command, type CommandRegistry } from './command-registry.ts';
import { showError } from './show-error.ts';

export type { Command } from './command-registry.ts';

/** All commands of the page. */
export const commands: CommandRegistry = createCommandRegistry((error, command) => showError(error, `“${command.title}” did not work`));

export function runCommand(id: string): void {
  void commands.run(id);
}

/** Every registered command, live. */
export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(commands.subscribe, commands.list);
}

/**
 * Offers commands while the calling component is on screen. They may be made anew in each render: what is run is always the newest,
 * and the registry changes only when an id, title, group or shortcut does.
 */
export function useCommands(offered: readonly Command[]): void {
  const latest = useRef(offered);
  useLayoutEffect(() => {
    latest.current = offered;
  });
  const signature = JSON.stringify(offered.map(({ id, title, group, shortcut, keywords }) => [id, title, group, shortcut, keywords]));
  useEffect(() => {
    const find = (id: string): Command | undefined => latest.current.find((command) => command.id === id);
    return commands.register(
      latest.current.map((command) => ({
        ...command,
        when: () => {
          const now = find(command.id);
          return now !== undefined && now.when?.() !== false;
        },
        run: () => find(command.id)?.run(),
      })),
    );
  }, [signature]);
}
