import type { ConnectionCheck, connectionCheckContract } from '../../../shared/contract/connection-check.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { CheckSteps, newClientId, runCheck } from '../connections/index.ts';
import { storedSecrets, type Services } from './services.ts';

export function connectionCheckHandlers({ connections, fillProfile, workspace }: Services): Handlers<typeof connectionCheckContract> {
  return {
    async 'connections.check'({ profile, secrets = {}, probe }, sink) {
      let hide = (text: string): string => text;
      const steps = new CheckSteps(() => void sink.send(hideIn(steps.view(), hide)).catch(() => undefined));
      const changed = Object.entries(secrets);
      const kept = Object.entries(await storedSecrets(workspace.secrets, profile.id)).filter(([name]) => !changed.some(([key]) => key === name));
      const given = changed.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
      const filled = await fillProfile(profile, Object.fromEntries([...kept, ...given]));
      if ('failure' in filled) {
        steps.start('address');
        steps.end('address', 'failed', { ...filled.failure, details: [profile.uri] });
        steps.finish();
        sink.end();
        return undefined;
      }
      const isOpen = connections.statuses().some(({ id, phase }) => id === profile.id && phase !== 'disconnected');
      ({ hide } = filled);
      const { clientId: fixed } = filled.profile;
      const clientId = isOpen && fixed !== null && !profile.clientIdSuffix ? `${fixed}-check` : newClientId(filled.profile);
      await runCheck({ profile: filled.profile, secrets: filled.secrets, clientId, probe, now: Date.now }, steps, sink.signal);
      sink.end();
      return undefined;
    },
  };
}

/** Certificates are the broker's own words. */
function hideIn(check: ConnectionCheck, hide: (text: string) => string): ConnectionCheck {
  const steps = check.steps.map((step) => ({
    ...step,
    message: step.message === null ? null : hide(step.message),
    advice: step.advice === null ? null : hide(step.advice),
    details: step.details.map(hide),
  }));
  return { ...check, steps };
}
