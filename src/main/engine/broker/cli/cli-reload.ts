import { compareProfiles } from '../../../../shared/broker/profile/compare-profiles.ts';
import type { AccessControl } from '../access/access-control.ts';
import { readAccess, readCliConfig, type CliConfig } from './cli-config.ts';
import type { GivenOptions } from './cli-options.ts';

/**
 * Reads the configuration of a broker that runs again. What can be changed while it runs is in use at once; the rest is named and stays as it was, as
 * everything does when the file cannot be used. Answers with what is in use from now on.
 */
export async function reloadConfig(used: CliConfig, given: GivenOptions, control: AccessControl, say: (text: string) => void): Promise<CliConfig> {
  try {
    const next = await readCliConfig(used.file, given);
    const { access, remarks } = await readAccess(next.profile, given);
    for (const remark of remarks) say(remark);
    control.change(access);
    const waiting = compareProfiles(used.profile, next.profile).filter(({ restart }) => restart);
    for (const { path, before, after } of waiting) say(`${path} (${before} → ${after}) needs a restart.`);
    say(`${used.file} was read again: ${waiting.length === 0 ? 'everything' : 'the access'} is in use.`);
    return { ...used, profile: { ...used.profile, access: next.profile.access } };
  } catch (error) {
    say(`${(error as Error).message}\nEverything stays as it was.`);
    return used;
  }
}
