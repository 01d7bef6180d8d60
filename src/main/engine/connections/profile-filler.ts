import { fillProfile, needsVariables } from '../../../shared/connections/fill-profile.ts';
import type { ConnectionProfile } from '../../../shared/contract/connection-profile.ts';
import type { TemplateFunctions } from '../../../shared/template/index.ts';
import type { Environments } from '../environments/index.ts';
import type { ConnectionSecrets } from './broker-access.ts';
import type { ExplainedFailure } from './explain-failure.ts';

interface Filled {
  /** Takes the secrets among the variables out of what is told. */
  readonly hide: (text: string) => string;
  readonly profile: ConnectionProfile;
  readonly secrets: ConnectionSecrets;
}

const nothing = (text: string): string => text;

/** Fills the variables of the chosen environment into what a connection is opened with. Never rejects. */
export type ProfileFiller = (profile: ConnectionProfile, secrets: ConnectionSecrets) => Promise<Filled | { readonly failure: ExplainedFailure }>;

/** `hider`: makes what hides secrets. */
export function createProfileFiller(
  environments: Pick<Environments, 'activeVariables'>,
  functions: TemplateFunctions,
  hider: (secrets: readonly string[]) => (text: string) => string,
): ProfileFiller {
  return async (profile, secrets) => {
    const fillable = { profile, password: secrets.password };
    if (!needsVariables(fillable)) return { profile, secrets, hide: nothing };
    try {
      const { values, missing, environment, secrets: hidden } = await environments.activeVariables();
      const filled = fillProfile(fillable, { scope: Object.fromEntries(values), functions });
      if (!('problem' in filled))
        return { hide: hider(hidden), profile: filled.profile, secrets: filled.password === undefined ? secrets : { ...secrets, password: filled.password } };
      const { message, advice = '' } = filled.problem;
      const where = environment ? `The environment is "${environment.name}".` : 'No environment is chosen.';
      const withoutValue = missing.length === 0 ? '' : ` Secrets without a value on this computer: ${missing.join(', ')}.`;
      return { failure: { code: 'bad-template', message, advice: `${advice} ${where}${withoutValue}`.trim(), final: true } };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { failure: { code: 'bad-template', message: `The variables cannot be read: ${message}`, advice: 'Look at the environment.', final: true } };
    }
  };
}
