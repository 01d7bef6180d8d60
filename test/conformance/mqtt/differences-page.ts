import type { Clause } from './clauses/clause.ts';
import { differenceOf, type Engine } from './engines.ts';
import { versionNames } from './wire.ts';

const titles: Readonly<Record<string, string>> = { workbench: 'The own core', aedes: 'The engine on aedes 1.2.0' };

/** The page of the documentation about what our engines do otherwise than the specification says. */
export function differencesPage(engines: readonly Engine[], chapters: Readonly<Record<string, readonly Clause[]>>): string {
  const clauses = Object.values(chapters).flat();
  const lines = [
    '# Differences from the specification',
    '',
    `Both engines of the [local broker](broker.md) are held against ${clauses.length} statements of MQTT 3.1, 3.1.1 and 5, over memory, TCP, TLS and WebSocket (\`test/conformance/mqtt\`). This is`,
    'every statement one of them is known not to follow. The page is written from the table of the tests, which fail when a difference is gone or a new one appears.',
  ];
  for (const engine of engines) {
    const spoken = engine.levels.map((level) => versionNames[level]).join(', ');
    lines.push('', `## ${titles[engine.name]}`, '', `Speaks MQTT ${spoken}.`);
    const rows = clauses.flatMap((clause) => rowsOf(engine, clause));
    if (rows.length === 0) lines.push('', 'No difference is known.');
    else lines.push('', ...table(['Statement', 'MQTT', 'Rule', 'Instead'], rows));
  }
  return `${lines.join('\n')}\n`;
}

/** One row for each reason, with the versions it holds for. */
function rowsOf(engine: Engine, clause: Clause): readonly (readonly string[])[] {
  const levels = engine.levels.filter((level) => clause.versions[level] !== undefined && differenceOf(engine, clause, level) !== undefined);
  return [...Map.groupBy(levels, (level) => differenceOf(engine, clause, level) as string)].map(([reason, of]) => [
    [...new Set(of.map((level) => clause.versions[level] as string))].join(', '),
    of.map((level) => versionNames[level]).join(', '),
    clause.title,
    reason,
  ]);
}

/** Columns of equal width, as the formatter of the project leaves them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] as string).length)));
  const line = (cells: readonly string[], fill = ' '): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number, fill)).join(' | ')} |`;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ];
}
