import { desktopHost, onNextFrame } from '../data/index.ts';
import type { CommandRegistry } from './command-registry.ts';
import { effectiveChord, type KeymapOverrides } from './keymap.ts';

/** Keeps the desktop host's menu in step with the commands and runs what is chosen there. Returns what stops it; in a browser there is nothing to do. */
export function connectNativeMenu(commands: CommandRegistry, overrides: () => KeymapOverrides): () => void {
  const host = desktopHost();
  if (!host) return () => undefined;
  let cancel: (() => void) | undefined;
  const send = (): void => {
    cancel = undefined;
    host.setMenu(
      commands.list().map((command) => ({ id: command.id, title: command.title, group: command.group, shortcut: effectiveChord(command, overrides()) })),
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
