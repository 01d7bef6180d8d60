import type { BrokerHandler, HandlerEvent } from '../../contract/broker-handlers.ts';
import { patternProblem } from './pattern.ts';

/** What the header of a file says of a handler; its script follows. */
type HandlerHeader = Omit<BrokerHandler, 'id' | 'source'>;

export interface HandlerFile {
  readonly header: HandlerHeader;
  /** Where it runs among the others, those without one last. */
  readonly order: number | null;
  readonly source: string;
  /** Lines of the file before the script. */
  readonly skipped: number;
}

const events: ReadonlySet<string> = new Set<HandlerEvent>(['publish', 'subscribe', 'connect', 'disconnect']);
const example = '// @handler publish lab/#';
const tag = /^\/\/\s*@([a-z]+)(?:\s+(.*))?$/;
const flags = new Set(['off', 'observe', 'stop']);

/** `problem`: why the file cannot be used, and in which line. `id`: stands for a name where the file has none. */
export function parseHandlerFile(id: string, text: string): HandlerFile | { readonly problem: string; readonly line: number } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  let header: HandlerHeader | undefined;
  let order: number | null = null;
  let at = 0;
  for (; at < lines.length; at += 1) {
    const [, name = '', rest = ''] = tag.exec((lines[at] as string).trimEnd()) ?? [];
    const value = rest.trim();
    const wrong = (problem: string): { readonly problem: string; readonly line: number } => ({ problem, line: at + 1 });
    if (header === undefined) {
      if (name !== 'handler') return wrong(`The file has to begin with what it handles, for example ${example}`);
      const [, on = '', pattern = ''] = /^(\S+)(?:\s+(.*))?$/.exec(value) ?? [];
      if (!events.has(on)) return wrong(`@handler is followed by publish, subscribe, connect or disconnect, and a pattern: ${example}`);
      const problem = patternProblem(on as HandlerEvent, pattern);
      if (problem !== null) return wrong(problem);
      header = { name: id, on: on as HandlerEvent, pattern, match: 'text', enabled: true, observe: false, stop: false, timeoutMs: 1000, failure: 'through' };
      continue;
    }
    if (name === '') break;
    if (flags.has(name) && value !== '') return wrong(`@${name} stands alone.`);
    switch (name) {
      case 'name':
        if (value === '' || value.length > 200) return wrong('@name needs a name of 1 to 200 characters.');
        header = { ...header, name: value };
        break;
      case 'order': {
        if (!/^\d{1,6}$/.test(value)) return wrong('@order needs a whole number.');
        order = Number(value);
        break;
      }
      case 'off':
        header = { ...header, enabled: false };
        break;
      case 'observe':
      case 'stop':
        header = { ...header, [name]: true };
        break;
      case 'match':
        if (value !== 'text' && value !== 'mqtt') return wrong('@match is text or mqtt.');
        header = { ...header, match: value };
        break;
      case 'timeout': {
        const timeoutMs = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
        if (!(timeoutMs >= 10 && timeoutMs <= 10_000)) return wrong('@timeout needs a number of milliseconds from 10 to 10000.');
        header = { ...header, timeoutMs };
        break;
      }
      case 'failure':
        if (value !== 'through' && value !== 'drop') return wrong('@failure is through or drop.');
        header = { ...header, failure: value };
        break;
      default:
        return wrong(`@${name} is not known. There are @handler, @name, @order, @off, @observe, @stop, @match, @timeout and @failure.`);
    }
  }
  if (header === undefined) return { problem: `The file has to begin with what it handles, for example ${example}`, line: 1 };
  if (lines[at]?.trim() === '') at += 1;
  return { header, order, source: lines.slice(at).join('\n'), skipped: at };
}

/** What is not the default stands in the header. */
export function formatHandlerFile(
  { id, name, on, pattern, match, enabled, observe, stop, timeoutMs, failure, source }: BrokerHandler,
  order: number | null,
): string {
  const header = [
    `handler ${on} ${pattern}`.trimEnd(),
    ...(name === id ? [] : [`name ${name}`]),
    ...(order === null ? [] : [`order ${order}`]),
    ...(enabled ? [] : ['off']),
    ...(observe ? ['observe'] : []),
    ...(stop ? ['stop'] : []),
    ...(match === 'mqtt' && on === 'subscribe' ? ['match mqtt'] : []),
    ...(timeoutMs === 1000 ? [] : [`timeout ${timeoutMs}`]),
    ...(failure === 'through' ? [] : [`failure ${failure}`]),
  ];
  const text = source.endsWith('\n') ? source : `${source}\n`;
  return `${header.map((line) => `// @${line}\n`).join('')}\n${text}`;
}
