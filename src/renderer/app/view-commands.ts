import type { Command } from './command-registry.ts';
import { useCommands } from './commands.ts';
import { inspector } from './inspector.tsx';
import { goToPlace } from './navigation.ts';
import type { Place } from './place.ts';
import { moveToRegion } from './regions.ts';
import { updateSettings } from './workspace.ts';

const themes = [
  ['system', 'Theme: like the system'],
  ['light', 'Theme: light'],
  ['dark', 'Theme: dark'],
  ['contrast', 'Theme: high contrast'],
] as const;

/** What can be done with the window itself, from every place. */
export function useViewCommands(places: readonly Place[], openPalette: (open: boolean) => void): void {
  useCommands([
    ...places.map((place): Command => ({
      id: `go.${place.id}`,
      title: `Go to ${place.title}`,
      group: 'Go',
      shortcut: place.shortcut,
      run: () => goToPlace(place.id),
    })),
    { id: 'view.palette', title: 'Show all commands', group: 'View', shortcut: 'Mod+K', keywords: 'palette search', run: () => openPalette(true) },
    { id: 'view.inspector', title: 'Show or hide the inspector', group: 'View', shortcut: 'Mod+I', when: inspector.isOffered, run: inspector.toggle },
    { id: 'view.nextRegion', title: 'Move to the next part of the window', group: 'View', shortcut: 'F6', run: () => moveToRegion(1) },
    { id: 'view.previousRegion', title: 'Move to the previous part of the window', group: 'View', shortcut: 'Shift+F6', run: () => moveToRegion(-1) },
    ...themes.map(([theme, title]): Command => ({
      id: `view.theme.${theme}`,
      title,
      group: 'View',
      keywords: 'colour dark mode appearance',
      run: () => updateSettings({ theme }),
    })),
    { id: 'help.keys', title: 'Keyboard shortcuts', group: 'Help', keywords: 'keymap bindings hotkeys', run: () => goToPlace('settings/keys') },
    { id: 'help.gallery', title: 'Gallery of interface parts', group: 'Help', keywords: 'primitives design', run: () => goToPlace('gallery') },
  ]);
}
