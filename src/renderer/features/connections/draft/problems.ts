import type { ConnectionSecretName } from '../../../../shared/contract/connection-profile.ts';
import { utf8Length } from '../../../../shared/mqtt/utf8-text.ts';
import type { ProfileDraft } from './profile-draft.ts';

/** What is wrong with a draft, by the path of the field (`tls.ca`, `will.userProperties.2`); empty when it can be saved. */
export type DraftProblems = Readonly<Record<string, string>>;

/** Checks an address; answers a sentence, or `undefined` when it is fine. */
export type CheckUri = (uri: string) => string | undefined;

/** Adds what is wrong at a path; `undefined` is fine. */
export type Told = (path: string, problem: string | undefined) => void;

/** Whether a secret will be there after the save. */
export type HasSecret = (name: ConnectionSecretName) => boolean;

export const hasSecret =
  ({ secrets }: ProfileDraft, stored: readonly ConnectionSecretName[]): HasSecret =>
  (name) =>
    secrets[name].change === 'keep' ? stored.includes(name) : secrets[name].change === 'set' && secrets[name].value !== '';

/** What MQTT forbids in its texts (§1.5.4), empty ones allowed. */
export function checkText(text: string, what: string): string | undefined {
  if (text.includes('\0')) return `${what} cannot contain a NUL character.`;
  if (!text.isWellFormed()) return `${what} contains half of a surrogate pair: paste it again.`;
  const size = utf8Length(text);
  return size > 65_535 ? `${what} has 65,535 bytes at most; this has ${size.toLocaleString('en')}.` : undefined;
}

export function checkUserProperties(list: readonly (readonly [string, string])[], path: string, tell: Told): void {
  list.forEach(([name, value], at) => tell(`${path}.${at}`, checkText(name, 'A name') ?? checkText(value, 'A value')));
  if (list.length > 1000) tell(path, 'At most 1,000 user properties fit.');
}
