import { describe, expect, test } from 'vitest';
import {
  checkStepIds,
  type CheckStep,
  type CheckStepId,
  type ConnectionCheck,
  type PresentedCertificate,
} from '../../../../shared/contract/connection-check.ts';
import { canBeTrusted, certificateName, checkSummary, checkText } from './check-words.ts';

const certificate: PresentedCertificate = {
  ...{ subject: 'CN=broker, O=Lab', issuer: 'CN=ca', subjectAltNames: [], validFrom: 0, validTo: 1, sha256: 'AA', serialNumber: '1', key: 'RSA 2048' },
  ...{ isAuthority: false, isSelfSigned: false, extendedKeyUsage: [], pem: '-----BEGIN CERTIFICATE-----\n' },
};

function check(changes: Partial<Record<CheckStepId, Partial<CheckStep>>>, more: Partial<ConnectionCheck> = {}): ConnectionCheck {
  const steps = checkStepIds.map((id): CheckStep => ({
    id,
    state: 'passed',
    durationMs: 1,
    message: null,
    advice: null,
    code: null,
    details: [],
    ...changes[id],
  }));
  return { steps, certificates: [certificate], done: true, ...more };
}

describe('checkSummary', () => {
  test.each([
    [check({}), 'ok', 'The way to the broker works.'],
    [check({ certificate: { state: 'warned' } }), 'warn', 'The way to the broker works, with a warning.'],
    [check({ tls: { state: 'failed', message: 'No.' } }), 'bad', 'The way to the broker ends at: TLS handshake.'],
    [check({ mqtt: { state: 'running' } }, { done: false }), 'info', 'The check is under way.'],
    [check({ mqtt: { state: 'waiting' } }), 'info', 'The check was stopped.'],
  ])('%#', (found, tone, text) => expect(checkSummary(found)).toEqual({ tone, text }));
});

test('a certificate may be trusted where it is what is wrong, once', () => {
  expect(canBeTrusted(check({ certificate: { state: 'failed' } }), [])).toBe(true);
  expect(canBeTrusted(check({ certificate: { state: 'failed' } }), ['AA'])).toBe(false);
  expect(canBeTrusted(check({ certificate: { state: 'warned', code: 'not-verified' } }), [])).toBe(true);
  expect(canBeTrusted(check({ certificate: { state: 'warned', code: 'expires-soon' } }), [])).toBe(false);
  expect(canBeTrusted(check({ mqtt: { state: 'failed' } }, { certificates: [] }), [])).toBe(false);
});

test('as text it has every step, fact and certificate', () => {
  const text = checkText(
    check({ tcp: { state: 'failed', code: 'refused', message: 'Nothing listens.', advice: 'Start it.', details: ['ECONNREFUSED'], durationMs: 2.34 } }),
  );
  expect(text).toContain('TCP connection: failed (refused), 2.3 ms\n  Nothing listens.\n  Start it.\n  ECONNREFUSED\n');
  expect(text).toMatch(/-----BEGIN CERTIFICATE-----\n$/);
  expect(certificateName(certificate)).toBe('broker');
  expect(certificateName({ ...certificate, subject: '' })).toBe('AA');
});
