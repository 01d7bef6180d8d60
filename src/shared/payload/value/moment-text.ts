/** Years that the text of ISO 8601 has without an agreement: 0000 to 9999. */
const first = -62_167_219_200n;
const last = 253_402_300_799n;

/** `2026-11-21T14:00:00Z`, with a fraction of nine digits where there is one; seconds and nanoseconds, as `-1.000000001`, where the year has not four digits. */
export function momentText(seconds: bigint, nanoseconds: number): string {
  const fraction = nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0')}`;
  if (seconds < first || seconds > last) return `${seconds}${fraction}`;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction}Z`;
}

/** Reads `momentText` and any other fraction of up to nine digits; `null`: not such text. */
export function readMoment(text: string): { readonly seconds: bigint; readonly nanoseconds: number } | null {
  const match = /^(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)|(-?\d{1,19}))(?:\.(\d{1,9}))?(Z?)$/.exec(text);
  if (!match) return null;
  const [, date, number, fraction = '', zone] = match;
  if ((date === undefined) !== (zone === '')) return null;
  const ms = date === undefined ? 0 : Date.parse(`${date}Z`);
  // Dates such as the 31st of April are moved on by some engines.
  if (date !== undefined && (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== date)) return null;
  const seconds = date === undefined ? BigInt(number as string) : BigInt(ms / 1000);
  if (BigInt.asIntN(64, seconds) !== seconds) return null;
  return { seconds, nanoseconds: Number(fraction.padEnd(9, '0')) };
}
