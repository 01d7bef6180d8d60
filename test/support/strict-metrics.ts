/** One sample of an exposition. */
interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly type: string;
  readonly samples: MetricSample[];
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const numberPattern = /^(?:[+-]?Inf|NaN|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)$/;
const types = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);

/**
 * Reads the text format of Prometheus (0.0.4), or OpenMetrics 1.0 with `open`, more strictly than their readers do: every family has HELP, TYPE and samples,
 * in this order and together; counters end in `_total`; buckets of histograms only grow and end with `+Inf`. Throws with the line.
 */
export function readMetrics(text: string, open = false): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  if (!text.endsWith('\n')) throw new Error('The last line does not end.');
  const lines = text.slice(0, -1).split('\n');
  if (open && lines.pop() !== '# EOF') throw new Error('OpenMetrics ends with # EOF.');
  let helpFor: string | null = null;
  let current: { readonly name: string; readonly family: Family } | null = null;
  const seen = new Set<string>();
  for (const [at, line] of lines.entries()) {
    const fail = (why: string): never => {
      throw new Error(`line ${at + 1}: ${why}: ${line}`);
    };
    const help = /^# HELP (\S+) (\S.*)$/.exec(line);
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (help) {
      if (helpFor !== null) fail('HELP without TYPE before it');
      helpFor = help[1] ?? '';
      if (!metricName.test(helpFor) || families.has(helpFor)) fail('a wrong name, or one that was there before');
    } else if (type) {
      const [, name = '', kind = ''] = type;
      if (name !== helpFor || !types.has(kind)) fail('TYPE without its HELP, or unknown');
      if (kind === 'counter' && name.endsWith('_total') === open) fail('a counter has its whole name in one format, and not in the other');
      helpFor = null;
      current = { name, family: { type: kind, samples: [] } };
      families.set(name, current.family);
    } else {
      const [, name = '', labelText, value = ''] = samplePattern.exec(line) ?? fail('no sample');
      if (!numberPattern.test(value)) fail('no number');
      if (current === null || helpFor !== null) return fail('a sample outside its family');
      const suffixes = current.family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : current.family.type === 'counter' && open ? ['_total'] : [''];
      if (!suffixes.some((suffix) => name === `${current?.name}${suffix}`)) fail('a sample of another family');
      if (current.family.type === 'counter' && !name.endsWith('_total')) fail('a counter ends in _total');
      const labels = readLabels(labelText, fail);
      const key = `${name}${JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
      if (seen.has(key)) fail('the same sample twice');
      seen.add(key);
      const number = value === '+Inf' || value === 'Inf' ? Infinity : Number(value);
      if (current.family.type === 'counter' && !(number >= 0)) fail('a counter below zero');
      current.family.samples.push({ name, labels, value: number });
    }
  }
  if (helpFor !== null) throw new Error('HELP at the end.');
  for (const [name, family] of families) {
    if (family.samples.length === 0) throw new Error(`${name} has no sample.`);
    if (family.type === 'histogram') checkHistogram(name, family.samples);
  }
  return families;
}

function readLabels(text: string | undefined, fail: (why: string) => never): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  let rest = text ?? '';
  while (rest !== '') {
    const [whole, name = '', value = ''] = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,(?=.)|$)/.exec(rest) ?? fail('wrong labels');
    if (Object.hasOwn(labels, name) || name.startsWith('__')) fail('a label twice, or a reserved one');
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function checkHistogram(name: string, samples: readonly MetricSample[]): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
  const grows = (values: readonly number[], strictly: boolean): boolean =>
    values.every((value, at) => at === 0 || (strictly ? value > (values[at - 1] ?? 0) : value >= (values[at - 1] ?? 0)));
  const count = samples.find((sample) => sample.name === `${name}_count`)?.value;
  const values = buckets.map(({ value }) => value);
  if (bounds.at(-1) !== Infinity || !grows(bounds, true) || !grows(values, false)) throw new Error(`${name}: its buckets do not grow up to +Inf.`);
  if (values.at(-1) !== count || samples.every((sample) => sample.name !== `${name}_sum`))
    throw new Error(`${name}: its count is not that of +Inf, or there is no sum.`);
}
