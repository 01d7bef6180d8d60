import { randomUUID } from 'node:crypto';
import { exportConnections, importConnections } from '../../../shared/connections/transfer/index.ts';
import type { Problem } from '../../../shared/contract/common.ts';
import { connectionProfileSchema, connectionSecretNames } from '../../../shared/contract/connection-profile.ts';
import type { connectionTransferContract } from '../../../shared/contract/connection-transfer.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { checkRoom, keepConnection } from './keep-connection.ts';
import { storedSecrets, type Services } from './services.ts';

export function connectionTransferHandlers(services: Services): Handlers<typeof connectionTransferContract> {
  const { workspace } = services;
  return {
    'connections.readImport'({ text, format }) {
      const { connections, ...rest } = importConnections(text, format);
      return {
        ...rest,
        connections: connections.map(({ profile, secrets, losses }) => ({
          ...{ name: profile.name, folder: profile.folder, uri: profile.uri, version: profile.version, username: profile.username, losses },
          ...{ clientId: profile.clientId, subscriptions: profile.subscriptions.length },
          secrets: connectionSecretNames.filter((name) => secrets[name] !== undefined),
        })),
      };
    },
    async 'connections.import'({ text, format, chosen, folder }) {
      const { connections, problem } = importConnections(text, format);
      if (problem) throw new CodedError('bad-input', problem.message, problem.advice === undefined ? {} : { advice: problem.advice });
      const wanted = [...new Set(chosen)].map((at) => connections[at]);
      checkRoom(services, wanted.length);
      const names = new Set(workspace.profiles().map(({ name }) => name));
      const ids: string[] = [];
      let first: Problem | null = null;
      for (const one of wanted) {
        if (!one) throw new CodedError('not-found', 'The text holds no such connection (any more).', { advice: 'Look at the preview again.' });
        const name = freeName(one.profile.name, names);
        names.add(name);
        const places = [folder, one.profile.folder]
          .filter((part) => part !== '')
          .join('/')
          .slice(0, 500);
        const profile = connectionProfileSchema.parse({ ...one.profile, id: randomUUID(), name, folder: places });
        try {
          await keepConnection(services, profile, one.secrets);
        } catch (error) {
          first ??= problemOf(error);
        }
        if (workspace.profiles().some(({ id }) => id === profile.id)) ids.push(profile.id);
      }
      return { ids, problem: first };
    },
    async 'connections.export'({ ids, format, secrets }) {
      const profiles = ids.map((id) => {
        const profile = workspace.profiles().find((one) => one.id === id);
        if (!profile) throw new CodedError('not-found', 'One of these connections does not exist (any more).');
        return profile;
      });
      const wanted = await Promise.all(
        profiles.map(async (profile) => ({ profile, secrets: secrets ? await storedSecrets(workspace.secrets, profile.id) : {} })),
      );
      return exportConnections(wanted, format);
    },
  };
}

/** "Hall", "Hall 2", … */
function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) {
    const ending = count === 1 ? '' : ` ${count}`;
    const candidate = `${name.slice(0, 200 - ending.length)}${ending}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof CodedError) return { code: error.code, message: error.message, advice: error.advice };
  throw error;
}
