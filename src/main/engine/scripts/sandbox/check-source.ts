import type { Thrown } from '../guest/inspect.ts';
import { defaultLimits } from '../script-limits.ts';
import type { Fault } from '../script-messages.ts';
import { toFault } from './fault.ts';
import { importMessage, newInstance } from './instance.ts';

const fileName = 'script.js';
const end = 'end';

/**
 * Reads a source as a module without running it: modules are all read before the first of them runs, and the one that comes after the script cannot
 * be had. `null`: nothing is wrong.
 */
export async function checkSource(source: string): Promise<(Fault & { readonly kind: 'error' }) | null> {
  const { runtime, context } = await newInstance(defaultLimits.memoryBytes, defaultLimits.stackBytes);
  let isRead = false;
  runtime.setModuleLoader((name) => {
    if (name === fileName) return source;
    isRead ||= name === end;
    return { error: new Error(importMessage(name)) };
  });
  const { error } = context.evalCode(`import ${JSON.stringify(fileName)}; import ${JSON.stringify(end)};`, 'check.js', { type: 'module' });
  if (isRead || !error) return null;
  const { name, message, stack } = error.consume((handle) => context.dump(handle) as Partial<Thrown>);
  const fault = toFault({ name: name ?? 'Error', message: message ?? '', stack: stack ?? '' }, fileName, source);
  if (fault.kind === 'error') return fault;
  return { kind: 'error', name: 'SyntaxError', message: 'The script is nested too deeply, or too large, to be read.', stack: '', place: null };
}
