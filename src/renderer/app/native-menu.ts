import { desktopHost, onNextFrame } from '../data/index.ts';
import type { CommandRegistry } from './command-registry.ts';
import { effectiveChord, type KeymapOverrides } from './keymap.ts';

/** The host refuses a whole list for one title that is longer, and nobody reads a menu that far: titles hold names that people give. */
const maxTitleLength = 120;

function menuTitle(title: string): string {
  if (title.length <= maxTitleLength) return title;
  // A character that takes two code units is not cut in two.
  return `${title.slice(0, maxTitleLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Keeps the desktop host's menu in step with the commands and runs what is chosen there. Returns what stops it; in a browser there is nothing to do. */
export function connectNativeMenu(commands: CommandRegistry, overrides: () => KeymapOverrides): () => void {
  const host = desktopHost();
  if (!host) return () => undefined;
  let cancel: (() => void) | undefined;
  const send = (): void => {
    cancel = undefined;
    host.setMenu(
      commands
        .list()
        .map((command) => ({ id: command.id, title: menuTitle(command.title), group: command.group, shortcut: effectiveChord(command, overrides()) })),
    );
  };
  // Places register their commands one by one; the menu is built once for all of them.
  const changed = (): void => {
    cancel ??= onNextFrame(send);
  };
  const offChange = commands.subscribe(changed);
  const offCommand = host.onCommand((id) => void commands.run(id));
  changed();
  return () => {
    cancel?.();
    offChange();
    offCommand();
  };
}
