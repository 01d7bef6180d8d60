import type { ConnectionSecretName } from '../../../../shared/contract/connection-profile.ts';
import type { DraftProblems, HasSecret } from '../draft/problems.ts';
import type { DraftChange, ProfileDraft } from '../draft/profile-draft.ts';

export interface SectionProps {
  readonly draft: ProfileDraft;
  /** Those to be shown, by the path of the field. */
  readonly problems: DraftProblems;
  readonly stored: readonly ConnectionSecretName[];
  /** Whether a secret will be there after the save. */
  readonly has: HasSecret;
  readonly onChange: (change: DraftChange) => void;
}

type Sections = 'connectProperties' | 'will' | 'authentication' | 'tls' | 'webSocket' | 'proxy' | 'reconnect' | 'limits' | 'publishDefaults';

/** Changes fields of one part, on top of what is there at that moment: a file that was read may arrive after other edits. */
export const changeIn =
  <K extends Sections>(onChange: SectionProps['onChange'], key: K): ((change: Partial<ProfileDraft[K]>) => void) =>
  (change) =>
    onChange((now) => ({ [key]: { ...now[key], ...change } }));
