import { expect, it } from 'vitest';
import { certificateUser } from './certificate-user.ts';

const certificate = (names: string, subject: object = {}) => ({
  subject: 'O=Lab\nOU=a + CN=b\\, c\nCN=device-1',
  subjectAltName: names,
  toLegacyObject: () => ({ subject: subject as never }),
});

it('is the common name, the first of several', () => {
  expect(certificateUser(certificate('', { CN: 'device-1' }), 'common-name')).toBe('device-1');
  expect(certificateUser(certificate('', { CN: ['device-1', 'admin'] }), 'common-name')).toBe('device-1');
});

it('is the whole subject as RFC 4514 writes it', () => {
  expect(certificateUser(certificate(''), 'subject')).toBe('CN=device-1,OU=a+CN=b\\, c,O=Lab');
});

it('is the first of the alternative names of its kind, whatever stands in the others', () => {
  const names = String.raw`DNS:device.lab, email:device@lab.test, URI:"urn:a, email:admin@lab.test", email:second@lab.test, IP Address:127.0.0.1`;
  expect(certificateUser(certificate(names), 'email')).toBe('device@lab.test');
  expect(certificateUser(certificate(names), 'dns')).toBe('device.lab');
  expect(certificateUser(certificate(names), 'uri')).toBe('urn:a, email:admin@lab.test');
  expect(certificateUser(certificate(String.raw`URI:"urn:\"a\", email:admin@lab.test"`), 'email')).toBeNull();
});

it.each([
  ['there is none of its kind', 'IP Address:127.0.0.1', {}],
  ['it is empty', 'DNS:', { CN: '' }],
  ['it holds a NUL', String.raw`DNS:"admin\u0000.lab"`, { CN: 'admin\u0000.lab' }],
  ['it holds a line break', String.raw`DNS:"admin\u000a"`, { CN: 'admin\nCN=b' }],
])('is nobody where %s', (_why, names, subject) => {
  expect(certificateUser(certificate(names, subject), 'dns')).toBeNull();
  expect(certificateUser(certificate(names, subject), 'common-name')).toBeNull();
});
