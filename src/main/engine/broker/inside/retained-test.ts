import type { RetainedWanted } from '../../../../shared/contract/broker-lists.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { compileFilter, validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';

/** Whether a retained topic is one of those wanted; `null`: all are. Throws `invalid-topic`. */
export function retainedTest({ filter, search = '', system = false }: RetainedWanted): ((topic: string) => boolean) | null {
  const problem = filter === undefined ? null : validateTopicFilter(filter);
  if (problem) throw new CodedError('invalid-topic', problem.message, { advice: problem.advice });
  const needle = search.toLowerCase();
  if (filter === undefined) {
    if (system && needle === '') return null;
    return (topic) => (system || !topic.startsWith('$')) && (needle === '' || topic.toLowerCase().includes(needle));
  }
  const matches = compileFilter(filter);
  return (topic) => matches(topic) && (needle === '' || topic.toLowerCase().includes(needle));
}
