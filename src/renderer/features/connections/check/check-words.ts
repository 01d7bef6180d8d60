import type { CheckStep, CheckStepId, ConnectionCheck, PresentedCertificate } from '../../../../shared/contract/connection-check.ts';
import type { DotTone } from '../../../ui/badge.tsx';

export const stepTitles: Readonly<Record<CheckStepId, string>> = {
  address: 'Address',
  names: 'Name look-up (DNS)',
  tcp: 'TCP connection',
  proxy: 'Proxy',
  tls: 'TLS handshake',
  certificate: 'Certificate',
  websocket: 'WebSocket handshake',
  mqtt: 'MQTT CONNECT',
  subscribe: 'Permission to subscribe',
  publish: 'Permission to publish',
};

export const stepTones: Readonly<Record<CheckStep['state'], DotTone>> = {
  waiting: 'off',
  running: 'busy',
  passed: 'ok',
  warned: 'warn',
  failed: 'bad',
  skipped: 'off',
};

export const stepWords: Readonly<Record<CheckStep['state'], string>> = {
  waiting: 'not tried',
  running: 'running',
  passed: 'passed',
  warned: 'passed with a warning',
  failed: 'failed',
  skipped: 'not needed',
};

/** What a check came to, in a sentence. */
export function checkSummary({ steps, done }: ConnectionCheck): { readonly tone: 'ok' | 'warn' | 'bad' | 'info'; readonly text: string } {
  const failed = steps.find(({ state }) => state === 'failed');
  if (failed) return { tone: 'bad', text: `The way to the broker ends at: ${stepTitles[failed.id]}.` };
  if (!done) return { tone: 'info', text: 'The check is under way.' };
  if (steps.some(({ state }) => state === 'waiting')) return { tone: 'info', text: 'The check was stopped.' };
  const warnings = steps.filter(({ state }) => state === 'warned').length;
  if (warnings > 0) return { tone: 'warn', text: `The way to the broker works, with ${warnings === 1 ? 'a warning' : `${warnings} warnings`}.` };
  return { tone: 'ok', text: 'The way to the broker works.' };
}

/** A check as text, for a report. */
export function checkText({ steps, certificates }: ConnectionCheck): string {
  const lines = steps.flatMap((step) => {
    const { id, state, durationMs, message, advice, code, details } = step;
    const time = durationMs === null ? '' : `, ${durationMs.toFixed(1)} ms`;
    return [
      `${stepTitles[id]}: ${stepWords[state]}${code === null ? '' : ` (${code})`}${time}`,
      ...[message, advice, ...details].flatMap((line) => (line === null || line === '' ? [] : [`  ${line}`])),
    ];
  });
  return [...lines, ...certificates.map(({ pem }) => pem.trimEnd()), ''].join('\n');
}

/** The name a certificate is known by. */
export const certificateName = ({ subject, sha256 }: PresentedCertificate): string => /CN=([^,]+)/.exec(subject)?.[1] ?? (subject || sha256);

/** Whether the certificate of a broker is why the check failed, or would have failed: then it may be trusted by itself. */
export function canBeTrusted({ steps, certificates }: ConnectionCheck, pinned: readonly string[]): boolean {
  const step = steps.find(({ id }) => id === 'certificate');
  const [own] = certificates;
  return own !== undefined && !pinned.includes(own.sha256) && (step?.state === 'failed' || step?.code === 'not-verified');
}
