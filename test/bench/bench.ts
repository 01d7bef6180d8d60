/** One measured quantity over several runs. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly note?: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}

/** Median first, then the range; a wide range says that the machine was busy. */
export function printRows(rows: readonly BenchRow[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, unit, values, note } of rows) {
    const range = values.length > 1 ? `  (${format(Math.min(...values))} – ${format(Math.max(...values))}, ${values.length} runs)` : '';
    console.log(`  ${name.padEnd(width)}  ${format(median(values)).padStart(10)} ${unit}${range}${note ? `  ${note}` : ''}`);
  }
}

/** Runs a measurement several times, one after the other. */
export async function repeat(runs: number, measure: () => Promise<number> | number): Promise<number[]> {
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) values.push(await measure());
  return values;
}

/** Work units per second of a piece of work. */
export async function perSecond(count: number, work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (count / (performance.now() - began)) * 1000;
}

function format(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
