import { effectiveChord, type KeymapOverrides } from './keymap.ts';
import { useAllCommands } from './commands.ts';

/** The key chord a command has now, as text; `undefined` when it has none. */
export function useChord(id: string, overrides: KeymapOverrides): string | undefined {
  const command = useAllCommands().find((entry) => entry.id === id);
  return command && effectiveChord(command, overrides);
}
