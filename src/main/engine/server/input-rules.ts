import { CodedError } from '../../../shared/ipc/errors.ts';
import { parseTemplateUri } from '../../../shared/connections/fill-profile.ts';
import { validateTopicFilter } from '../../../shared/mqtt/topic-filter.ts';

/** The address of a broker as it may be kept in a shared file: secrets have a place of their own. */
export function checkBrokerUri(uri: string): void {
  const parsed = parseTemplateUri(uri);
  if (!parsed.ok) throw new CodedError('invalid-uri', parsed.problem.message, { advice: parsed.problem.advice });
  if (parsed.value.username !== undefined || parsed.value.password !== undefined) {
    throw new CodedError('invalid-uri', 'The address holds a user name or password.', {
      advice: 'Enter them in their own fields: passwords are kept apart from the files of the workspace.',
    });
  }
}

export function checkTopicFilter(filter: string): void {
  const problem = validateTopicFilter(filter);
  if (problem) throw new CodedError('invalid-topic', problem.message, { advice: problem.advice });
}
