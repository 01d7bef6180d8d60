import type { Settings } from '../../shared/contract/workspace.ts';

export type Theme = Settings['theme'];

/** The last theme, so that the next start has its colours before the engine answers. */
const memoryKey = 'workbench.theme';

const themes: readonly Theme[] = ['system', 'light', 'dark', 'contrast'];

/** Puts a theme on the page. `system` follows the operating system, its wish for more contrast included. */
export function applyTheme(theme: Theme): void {
  const shown = theme === 'system' && matchMedia('(prefers-contrast: more)').matches ? 'contrast' : theme;
  document.documentElement.dataset['theme'] = shown;
  try {
    localStorage.setItem(memoryKey, theme);
  } catch {
    // Storage may be switched off; then the first moment is in the system's colours.
  }
}

export function rememberedTheme(): Theme {
  try {
    const stored = localStorage.getItem(memoryKey);
    return themes.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Calls back when the system's wish for contrast changes. */
export function onContrastWish(changed: () => void): () => void {
  const query = matchMedia('(prefers-contrast: more)');
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}
