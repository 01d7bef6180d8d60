import { compareProfiles } from '../../../../shared/broker/profile/compare-profiles.ts';
import type { BrokerProfile } from '../../../../shared/contract/broker-profile.ts';
import type { AccessControl } from '../access/access-control.ts';
import { clientLimitNames, type ClientLimits } from '../core/core-options.ts';
import { readAccess, readCliConfig, type CliConfig } from './cli-config.ts';
import type { GivenOptions } from './cli-options.ts';

/** What can be changed in a broker that runs. */
export interface LiveSettings {
  readonly access: AccessControl;
  /** `null`: this engine has no such limits. */
  readonly changeLimits: ((limits: ClientLimits) => void) | null;
}

/**
 * Reads the configuration of a broker that runs again. What can be changed while it runs is in use at once; the rest is named and stays as it was, as
 * everything does when the file cannot be used. Answers with what is in use from now on.
 */
export async function reloadConfig(used: CliConfig, given: GivenOptions, live: LiveSettings, say: (text: string) => void): Promise<CliConfig> {
  try {
    const next = await readCliConfig(used.file, given);
    const { access, remarks } = await readAccess(next.profile, given);
    for (const remark of remarks) say(remark);
    live.access.change(access);
    const limits = live.changeLimits === null ? {} : limitsOf(next.profile);
    live.changeLimits?.(limitsOf(next.profile));
    const profile = { ...used.profile, access: next.profile.access, limits: { ...used.profile.limits, ...limits } };
    const waiting = compareProfiles(profile, next.profile).filter(({ restart }) => restart);
    for (const { path, before, after } of waiting) say(`${path} (${before} → ${after}) needs a restart.`);
    say(`${used.file} was read again: ${waiting.length === 0 ? 'everything' : 'the rest'} is in use.`);
    return { ...used, profile };
  } catch (error) {
    say(`${(error as Error).message}\nEverything stays as it was.`);
    return used;
  }
}

function limitsOf({ limits }: BrokerProfile): ClientLimits {
  return Object.fromEntries(clientLimitNames.map((name) => [name, limits[name]])) as unknown as ClientLimits;
}
