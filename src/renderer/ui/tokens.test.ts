import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(path.join(import.meta.dirname, 'tokens.css'), 'utf8');

type Theme = 'light' | 'dark' | 'contrast';
type Colours = Readonly<Record<string, string>>;

function block(selector: string): string {
  const start = css.indexOf(`${selector} {`);
  return css.slice(start, css.indexOf('\n}', start));
}

function declarations(text: string): Colours {
  return Object.fromEntries([...text.matchAll(/--([a-z-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value.trim()]));
}

const base = declarations(block(':root'));
const contrast = declarations(block(":root[data-theme='contrast']"));

function colour(theme: Theme, name: string): string {
  const value = (theme === 'contrast' ? contrast[name] : undefined) ?? base[name] ?? '';
  const [, light, dark] = /^light-dark\((#\w+), (#\w+)\)$/.exec(value) ?? [undefined, value, value];
  const chosen = (theme === 'light' ? light : dark) ?? '';
  if (!/^#[0-9a-f]{6}$/.test(chosen)) throw new Error(`--${name} is no opaque colour: ${value}`);
  return chosen;
}

/** WCAG 2.2: relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function ratio(theme: Theme, front: string, back: string): number {
  const [a, b] = [luminance(colour(theme, front)), luminance(colour(theme, back))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const surfaces = ['canvas', 'surface', 'sunken', 'raised', 'field', 'hover', 'selected', 'selected-idle'];
const texts = ['text', 'text-muted', 'text-faint', 'accent', 'ok', 'warn', 'bad', 'code-key', 'code-string', 'code-number', 'code-literal', 'code-muted'];
const onSoft = [
  ['ok', 'ok-soft'],
  ['warn', 'warn-soft'],
  ['bad', 'bad-soft'],
  ['info', 'info-soft'],
  ['accent', 'accent-soft'],
  ['on-accent', 'accent-fill'],
  ['on-accent', 'accent-fill-hover'],
  ['on-accent', 'accent-fill-pressed'],
  ['on-accent', 'bad-fill'],
  ['on-accent', 'bad-fill-hover'],
  ['text', 'blink'],
  ['text-muted', 'blink'],
] as const;
const labels = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink'].map((name) => `label-${name}`);
const marks = ['control', 'focus', 'ok-dot', 'warn-dot', 'bad-dot', 'off-dot', ...labels];

describe.each(['light', 'dark', 'contrast'] as const)('the %s theme', (theme) => {
  // High contrast promises level AAA (1.4.6), the others AA (1.4.3).
  const wanted = theme === 'contrast' ? 7 : 4.5;

  it('has readable text on every surface', () => {
    const poor = texts
      .flatMap((front) => surfaces.map((back) => ({ pair: `${front} on ${back}`, ratio: ratio(theme, front, back) })))
      .filter((pair) => pair.ratio < wanted);
    expect(poor).toEqual([]);
  });

  it('has readable text on its own backgrounds', () => {
    expect(onSoft.map(([front, back]) => ({ pair: `${front} on ${back}`, ratio: ratio(theme, front, back) })).filter((pair) => pair.ratio < wanted)).toEqual(
      [],
    );
  });

  it('has marks and edges that can be told from what is around them (1.4.11)', () => {
    const poor = marks
      .flatMap((front) => ['canvas', 'surface', 'raised'].map((back) => ({ pair: `${front} on ${back}`, ratio: ratio(theme, front, back) })))
      .filter((pair) => pair.ratio < 3);
    expect(poor).toEqual([]);
  });
});
