import path from 'node:path';
import type { BrokerProfile } from '../../../../shared/contract/broker-profile.ts';
import type { ListenerOptions } from '../../../../shared/contract/listeners.ts';

/** The profile with whole paths; those in it are from the folder of its file on. */
export function withWholePaths(profile: BrokerProfile, folder: string): BrokerProfile {
  const { usersFile } = profile.access;
  return {
    ...profile,
    listeners: profile.listeners.map((listener) => withWholePathsOf(listener, folder)),
    access: usersFile === undefined ? profile.access : { ...profile.access, usersFile: wholePath(usersFile, folder) },
  };
}

function withWholePathsOf(listener: ListenerOptions, folder: string): ListenerOptions {
  if (listener.kind === 'unix') return { ...listener, path: wholePath(listener.path, folder) };
  if (!('tls' in listener)) return listener;
  const tls = Object.fromEntries(
    Object.entries(listener.tls).map(([key, value]) => [key, key.endsWith('File') && typeof value === 'string' ? wholePath(value, folder) : value]),
  ) as typeof listener.tls;
  return { ...listener, tls };
}

function wholePath(file: string, folder: string): string {
  // Nothing stays nothing, and the name of a Windows pipe is no path.
  return file === '' || file.startsWith('\\\\') ? file : path.resolve(folder, file);
}
