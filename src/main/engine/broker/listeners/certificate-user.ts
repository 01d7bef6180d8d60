import type { PeerCertificate } from 'node:tls';
import type { UserSource } from '../../../../shared/mqtt/listener-kinds.ts';

/** What the certificate of a client is read from: the two forms in which Node gives it. */
interface ClientCertificate {
  /** A line for each part, the most specific one last, values escaped as in RFC 4514. */
  readonly subject: string;
  readonly subjectAltName?: string | undefined;
  toLegacyObject(): Pick<PeerCertificate, 'subject'>;
}

const altNames = { email: 'email', dns: 'DNS', uri: 'URI' } as const;

/** The user a certificate stands for; `null` when it has nothing of that kind, or something that can be no name. */
export function certificateUser(certificate: ClientCertificate, from: Exclude<UserSource, 'connect'>): string | null {
  const name = readName(certificate, from);
  // With a NUL in it, or a line break, one name could be taken for another.
  // oxlint-disable-next-line no-control-regex
  return name === undefined || name === '' || /[\u0000-\u001f\u007f]/.test(name) ? null : name;
}

function readName(certificate: ClientCertificate, from: Exclude<UserSource, 'connect'>): string | undefined {
  if (from === 'subject') return distinguishedName(certificate.subject);
  if (from !== 'common-name') return namesOf(certificate.subjectAltName ?? '', altNames[from])[0];
  const { CN: name } = certificate.toLegacyObject().subject as { readonly CN?: string | readonly string[] };
  return typeof name === 'string' ? name : name?.[0];
}

/** `CN=device-1,O=Lab`: as mosquitto and others write it. */
function distinguishedName(subject: string): string {
  // Between the parts of one level Node puts blanks; a plus sign in a value is escaped.
  return subject
    .split('\n')
    .toReversed()
    .map((part) => part.replaceAll(' + ', '+'))
    .join(',');
}

/** Of `DNS:a, email:b, URI:"with, comma"`: values with characters that could mislead are JSON strings there. */
function namesOf(text: string, kind: string): readonly string[] {
  const found: string[] = [];
  for (const [, label, value = ''] of text.matchAll(/([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)) {
    if (label === kind) found.push(value.startsWith('"') ? (JSON.parse(value) as string) : value);
  }
  return found;
}
