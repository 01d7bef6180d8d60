const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `512 B`, `1.5 KiB`, `10 MiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  // 1023.96 KiB must not read "1024 KiB".
  if (unit > 0 && Number(value.toFixed(1)) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || Number.isInteger(Number(value.toFixed(1))) || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const grouped = new Intl.NumberFormat('en', { useGrouping: true, maximumFractionDigits: 0 });

/** `1,234,567`. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** `987`, `12.3k`, `4.6M`: for columns where every digit costs room. */
export function formatCompact(count: number): string {
  if (count < 10_000) return formatCount(count);
  const [value, suffix] = count < 999_500 ? [count / 1e3, 'k'] : count < 999_500_000 ? [count / 1e6, 'M'] : [count / 1e9, 'G'];
  return `${value < 99.95 ? value.toFixed(1) : value.toFixed(0)}${suffix}`;
}

/** Messages per second: `0.2/s`, `3.4/s`, `120/s`, `12.3k/s`; nothing below one in twenty seconds. */
export function formatRate(perSecond: number): string {
  if (!(perSecond >= 0.05)) return '';
  if (perSecond < 9.95) return `${perSecond.toFixed(1)}/s`;
  return `${formatCompact(Math.round(perSecond))}/s`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The age of something in one short word: `now`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1000);
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A running duration: `0:07`, `12:34`, `1:02:03`, `2 d 3 h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Local wall time with milliseconds, `14:03:22.123`. */
export function formatTime(timeUs: number): string {
  const date = new Date(timeUs / 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Local date and time with microseconds, `2026-11-21 14:03:22.123456`. */
export function formatDateTime(timeUs: number): string {
  const date = new Date(Math.floor(timeUs / 1000));
  const micros = String(((timeUs % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${micros}`;
}

/** Like `formatTime`, with the date in front when it is not the day of `nowMs`. */
export function formatTimeNear(timeUs: number, nowMs: number): string {
  const [then, now] = [new Date(timeUs / 1000), new Date(nowMs)];
  const sameDay = then.getFullYear() === now.getFullYear() && then.getMonth() === now.getMonth() && then.getDate() === now.getDate();
  return sameDay ? formatTime(timeUs) : `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${formatTime(timeUs)}`;
}
