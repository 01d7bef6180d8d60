import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Paths of PEM files, valid for a day. */
export interface Certificates {
  readonly folder: string;
  /** The authority that signed `server` and `client`. */
  readonly ca: string;
  /** For localhost and 127.0.0.1. */
  readonly server: KeyPair;
  /** O=Lab, CN=device-1. */
  readonly client: KeyPair;
  /** CN=device-2, `device-2@lab.test`, device-2.lab, urn:lab:device-2. */
  readonly second: KeyPair;
  /** Lists of the authority that revoke nobody, `second`, and `second` until yesterday. */
  readonly lists: { readonly empty: string; readonly second: string; readonly old: string };
  /** A list of nobody that `client` and `second` know. */
  readonly strangersList: string;
  /** Signed by itself: nobody knows it. */
  readonly stranger: KeyPair;
  remove(): void;
}

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Made with the openssl command; `undefined` where there is none. */
export function makeCertificates(): Certificates | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-certificates-'));
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const at = (name: string): string => path.join(folder, name);
  const pair = (name: string): KeyPair => ({ certificate: at(`${name}.pem`), key: at(`${name}.key`) });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

  const selfSigned = (name: string, subject: string): void =>
    openssl('req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '1', '-subj', subject);
  const signed = (name: string, subject: string, extensions: string): void => {
    writeFileSync(at(`${name}.ext`), extensions);
    openssl('req', '-new', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '1',
      '-extfile',
      `${name}.ext`,
    );
  };
  selfSigned('ca', '/CN=Test authority');
  signed('server', '/CN=localhost', 'subjectAltName = DNS:localhost, IP:127.0.0.1');
  signed('client', '/O=Lab/CN=device-1', 'extendedKeyUsage = clientAuth');
  signed('second', '/O=Lab/CN=device-2', 'extendedKeyUsage = clientAuth\nsubjectAltName = email:device-2@lab.test, DNS:device-2.lab, URI:urn:lab:device-2');
  selfSigned('stranger', '/CN=stranger');
  writeFileSync(at('ca.cnf'), '[ca]\ndefault_ca = it\n[it]\ndatabase = index.txt\ndefault_md = sha256\n');
  writeFileSync(at('index.txt'), '');
  const authority = (name: string): readonly string[] => ['ca', '-config', 'ca.cnf', '-keyfile', `${name}.key`, '-cert', `${name}.pem`];
  const list = (name: string, signer: string, ...dates: readonly string[]): string => {
    openssl(...authority(signer), '-gencrl', ...(dates.length === 0 ? ['-crldays', '1'] : dates), '-out', `${name}.crl`);
    return at(`${name}.crl`);
  };
  const empty = list('empty', 'ca');
  const strangersList = list('strangers', 'stranger');
  openssl(...authority('ca'), '-revoke', 'second.pem');
  const lists = { empty, second: list('revoked', 'ca'), old: list('old', 'ca', '-crl_lastupdate', '20200101000000Z', '-crl_nextupdate', '20200201000000Z') };
  return {
    folder,
    ca: at('ca.pem'),
    server: pair('server'),
    client: pair('client'),
    second: pair('second'),
    lists,
    strangersList,
    stranger: pair('stranger'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** As TLS clients and servers of Node take it. */
export function loadPair({ certificate, key }: KeyPair): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: readFileSync(certificate), key: readFileSync(key) };
}
