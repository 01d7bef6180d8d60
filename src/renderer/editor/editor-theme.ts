import type { EditorApi } from './load-editor.ts';

const themeName = 'workbench';

/** Editor colour → token of the interface. */
const colours: Readonly<Record<string, string>> = {
  'editor.background': '--canvas',
  'editor.foreground': '--text',
  'editorLineNumber.foreground': '--text-faint',
  'editorLineNumber.activeForeground': '--text',
  'editorCursor.foreground': '--text',
  'editor.selectionBackground': '--selected',
  'editor.inactiveSelectionBackground': '--selected-idle',
  'editor.lineHighlightBackground': '--surface',
  'editorBracketMatch.background': '--selected',
  'editorBracketMatch.border': '--control',
  'editorIndentGuide.background1': '--line',
  'editorIndentGuide.activeBackground1': '--line-strong',
  'editorWidget.background': '--raised',
  'editorWidget.foreground': '--text',
  'editorWidget.border': '--line-strong',
  'editorHoverWidget.background': '--raised',
  'editorHoverWidget.border': '--line-strong',
  'editorSuggestWidget.selectedBackground': '--selected',
  'editorSuggestWidget.selectedForeground': '--text',
  'editorSuggestWidget.selectedIconForeground': '--text',
  'editorSuggestWidget.highlightForeground': '--accent',
  'editorSuggestWidget.focusHighlightForeground': '--accent',
  'input.background': '--field',
  'input.foreground': '--text',
  'input.border': '--control',
  focusBorder: '--focus',
  'editor.findMatchBackground': '--warn-dot',
  'editor.findMatchHighlightBackground': '--warn-soft',
  'editorError.foreground': '--bad-dot',
  'editorWarning.foreground': '--warn-dot',
  'scrollbarSlider.background': '--line-strong',
  'scrollbarSlider.hoverBackground': '--control',
  'scrollbarSlider.activeBackground': '--control',
  'widget.shadow': '--scrim',
};

const syntax: readonly (readonly [token: string, role: string])[] = [
  ['', '--text'],
  ['string.key.json', '--code-key'],
  ['string.value.json', '--code-string'],
  ['string', '--code-string'],
  ['number', '--code-number'],
  ['keyword', '--code-literal'],
  ['keyword.json', '--code-literal'],
  ['comment', '--code-muted'],
  ['delimiter', '--text-muted'],
];

/** Gives the editor the colours of the interface, and again whenever those change. */
export function followTheme(api: EditorApi): void {
  const apply = (): void => {
    const colour = tokenReader();
    const dark = luminance(colour('--canvas')) < 0.5;
    const contrast = document.documentElement.dataset['theme'] === 'contrast' || matchMedia('(forced-colors: active)').matches;
    api.defineTheme(themeName, {
      base: contrast ? (dark ? 'hc-black' : 'hc-light') : dark ? 'vs-dark' : 'vs',
      inherit: true,
      colors: Object.fromEntries(Object.entries(colours).map(([name, token]) => [name, colour(token)])),
      rules: syntax.map(([token, role]) => ({ token, foreground: colour(role).slice(1, 7) })),
    });
    api.setTheme(themeName);
  };
  apply();
  new MutationObserver(apply).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) matchMedia(query).addEventListener('change', apply);
}

/** Tokens as `#rrggbbaa`: the browser resolves `light-dark()` only where a property is used. */
function tokenReader(): (token: string) => string {
  const probe = document.createElement('span');
  probe.hidden = true;
  // The editor keeps its own colours where the system forces others, and so has to know them.
  probe.style.setProperty('forced-color-adjust', 'none');
  document.body.append(probe);
  const style = getComputedStyle(probe);
  queueMicrotask(() => probe.remove());
  return (token) => {
    probe.style.color = `var(${token})`;
    return toHex(style.color);
  };
}

function toHex(css: string): string {
  const [r = 0, g = 0, b = 0, a = 1] = (/\(([^)]*)\)/.exec(css)?.[1] ?? '')
    .split(/[\s,/]+/)
    .filter(Boolean)
    .map(Number);
  return `#${[r, g, b, a * 255].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
