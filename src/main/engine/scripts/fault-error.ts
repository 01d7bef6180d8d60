import { CodedError } from '../../../shared/ipc/errors.ts';
import type { ScriptLimits } from './script-limits.ts';
import type { Fault, LimitName } from './script-messages.ts';

/** A failure of a script for the engine, and for the page. */
export function faultError(fault: Fault, limits: ScriptLimits): CodedError {
  if (fault.kind === 'error') {
    const { name, message, stack, place, advice } = fault;
    return new CodedError('script-error', message, { advice, data: { name, stack, line: place?.line ?? null, column: place?.column ?? null } });
  }
  const { limit, reloaded, ownFault, place } = fault;
  const [message, advice] = ownFault ? limitWords(limit, limits) : ['Another call of this script was stopped in the middle.', 'Call it again.'];
  const anew = reloaded ? ' The script starts anew with the next call: its variables have their first values again.' : '';
  return new CodedError('script-limit', `${message}${anew}`, {
    advice,
    data: { limit, reloaded, ownFault, line: place?.line ?? null, column: place?.column ?? null },
  });
}

/** What was exceeded, and what helps. */
export function limitWords(limit: LimitName, limits: ScriptLimits): readonly [message: string, advice: string] {
  switch (limit) {
    case 'cpu':
      return [`The script used more than ${seconds(limits.cpuMs)} of processor time.`, 'Look for a loop that does not end; wait with “await sleep(ms)”.'];
    case 'wall':
      return [`The script was not done after ${seconds(limits.wallMs)}.`, 'Look for something it waits for that never comes.'];
    case 'memory':
      return [`The script needs more than ${size(limits.memoryBytes)} of memory.`, 'Keep less in its variables.'];
    case 'stack':
      return ['The functions of the script call each other too deeply.', 'Look for a function that calls itself without an end.'];
    case 'result':
      return [`What the script gives is larger than ${size(limits.jsonBytes)} of JSON.`, 'Give less.'];
  }
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function size(bytes: number): string {
  return bytes % (1024 * 1024) === 0 ? `${bytes / 1024 / 1024} MiB` : `${Math.round(bytes / 1024)} KiB`;
}
