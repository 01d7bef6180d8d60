import { newProfile } from '../new-profile.ts';
import { partsOf, readAddress } from './address.ts';
import { LossLog } from './losses.ts';
import { nameOf } from './parts.ts';
import { noteUnwritten, noteUnwrittenSecrets } from './unwritten.ts';
import type { ExportedConnection, ExportResult, ImportedConnection } from './transfer-types.ts';

const separators = /[\s,;]+(?=["'<`]?(?:mqtts?|tcp|ssl|tls|wss?):\/\/)/i;

/** The addresses in a pasted text: one a line, or with spaces, commas or semicolons between them. Bullets, quotes and `<>` around them and lines with `#` are left out. */
function splitUris(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim().replace(/^[-*•]\s+/, ''))
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => line.split(separators))
    .map((part) =>
      part
        .trim()
        .replace(/^["'<`]/, '')
        .replace(/["'>`]?[,;]?$/, ''),
    )
    .filter((part) => part !== '');
}

/** Whether all of a text looks like addresses with a scheme. */
export function looksLikeUris(text: string): boolean {
  const parts = splitUris(text.slice(0, 10_000));
  return parts.length > 0 && /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(parts[0] ?? '');
}

export function readUris(text: string, log: LossLog): ImportedConnection[] {
  return splitUris(text).flatMap((part, at) => {
    const path = `[${at}]`;
    const shown = part.replace(/\/\/[^@/]*@/, '//…@');
    const address = readAddress(part);
    if ('problem' in address) {
      log.add(path, shown, address.problem);
      return [];
    }
    const own = new LossLog();
    const query = /[?#].*$/.exec(part)?.[0] ?? '';
    const lost = address.uri.includes('?') ? /#.*$/.exec(part)?.[0] : query;
    if (lost) own.add('uri', lost, 'An address of MQTT has nothing behind the path; set what it means in the connection.');
    const profile = newProfile('import', { name: nameOf('', address.uri), uri: address.uri, username: address.username });
    return [{ profile, secrets: address.password === '' ? {} : { password: address.password }, losses: own.list() }];
  });
}

/** One address a line, with the user name and, where it is given, the password, percent-encoded (RFC 3986 §3.2.1). */
export function writeUris(connections: readonly ExportedConnection[]): ExportResult {
  const losses = [];
  const lines = [];
  for (const { profile, secrets } of connections) {
    const log = new LossLog();
    noteUnwritten(profile, ['id', 'name', 'uri', 'username'], 'An address', log);
    noteUnwrittenSecrets(secrets, ['password'], 'An address', log);
    lines.push(withUserInfo(profile.uri, profile.username, secrets.password ?? ''));
    losses.push(log.list());
  }
  return { text: `${lines.join('\n')}\n`, fileName: 'connections.txt', losses };
}

function withUserInfo(uri: string, username: string, password: string): string {
  if (username === '' && password === '') return uri;
  const info = `${encode(username)}${password === '' ? '' : `:${encode(password)}`}@`;
  return partsOf(uri) === null && !uri.includes('://') ? `mqtt://${info}${uri}` : uri.replace('://', `://${info}`);
}

/** `encodeURIComponent` leaves `'` and others as they are, and refuses halves of surrogate pairs. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (mark) => `%${mark.codePointAt(0)?.toString(16).toUpperCase() ?? ''}`);
}
