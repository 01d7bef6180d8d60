import type { BrokerOptions } from '../../../../shared/contract/broker.ts';
import type { BrokerProfile } from '../../../../shared/contract/broker-profile.ts';
import type { AccessSettings } from '../../../../shared/contract/broker-access.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';

/** What the broker is started with. */
export function settingsOf(profile: BrokerProfile): Settings['broker'] {
  const { version: _version, description: _description, access: _access, alone: _alone, ...settings } = profile;
  return settings;
}

export function optionsOf(profile: BrokerProfile): BrokerOptions {
  return settingsOf(profile);
}

export function accessOfProfile({ access }: BrokerProfile): AccessSettings {
  const { usersFile: _usersFile, ...settings } = access;
  return settings;
}
