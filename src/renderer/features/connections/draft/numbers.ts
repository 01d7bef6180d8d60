/** A number as people type it, spaces around it allowed; NaN for everything else, the empty text included. */
export function numberOf(text: string): number {
  const trimmed = text.trim();
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** Digits with commas between groups, as they are read. */
const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 6 });

interface Range {
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
  readonly unit?: string;
  /** May be empty, which means … */
  readonly empty?: string;
}

/** What is wrong with the text of a number, or `undefined`. */
export function checkNumber(text: string, { min, max, whole = true, unit = '', empty }: Range): string | undefined {
  if (text.trim() === '' && empty !== undefined) return undefined;
  const value = numberOf(text);
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return undefined;
  const range = `${grouped.format(min)} to ${grouped.format(max)}${unit === '' ? '' : ` ${unit}`}`;
  return `Enter ${whole ? 'a whole number' : 'a number'} from ${range}${empty === undefined ? '' : `, or nothing for ${empty}`}.`;
}

/** `45 s`, `2 min`, `1 h 30 min`, `12 d`: seconds as people say them. */
export function spokenSeconds(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(3))} s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes, rest] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
    [rest, 's'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => `${grouped.format(count)} ${unit}`)
    .join(' ');
}
