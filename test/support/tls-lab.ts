import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** PEM texts of a certificate with its chain, and of its key. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

export interface TlsLab {
  /** PEM of the authority. */
  readonly ca: string;
  /** Signed by the authority, or by itself where `selfSigned` says so. */
  issue(options?: IssueOptions): PemPair;
  /** An encrypted copy of a key. */
  encrypted(key: string, passphrase: string): string;
  /** Base64 of a PFX file. */
  pfx(pair: PemPair, passphrase: string): string;
  remove(): void;
}

interface IssueOptions {
  readonly name?: string;
  /** As OpenSSL writes them; by default localhost and 127.0.0.1. */
  readonly names?: string;
  /** Days from now, `[from, to]`. */
  readonly days?: readonly [from: number, to: number];
  readonly purpose?: 'serverAuth' | 'clientAuth';
  readonly selfSigned?: boolean;
  readonly rsaBits?: number;
}

/** Certificates of every kind, made with the openssl command; `undefined` where there is none. */
export function openTlsLab(): TlsLab | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-tls-lab-'));
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  let last = 0;
  const makeKey = (name: string, rsaBits?: number): void => {
    if (rsaBits === undefined) openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-out', name);
    else openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${rsaBits}`, '-out', name);
  };
  makeKey('ca.key');
  openssl('req', '-x509', '-new', '-key', 'ca.key', '-out', 'ca.pem', '-days', '100', '-subj', '/CN=Test authority');
  write('serial', '1000\n');
  write('index.txt', '');
  // `openssl ca` is the command that takes dates in the past.
  write(
    'ca.conf',
    '[ca]\ndefault_ca=lab\n[lab]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\norganizationName=optional\n',
  );
  const date = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');

  return {
    ca: read('ca.pem'),
    issue({ name = 'localhost', names = 'DNS:localhost,IP:127.0.0.1', days = [-1, 60], purpose, selfSigned = false, rsaBits } = {}) {
      const id = `c${(last += 1)}`;
      makeKey(`${id}.key`, rsaBits);
      write(`${id}.ext`, `[ext]\nsubjectAltName=${names}\n${purpose === undefined ? '' : `extendedKeyUsage=${purpose}\n`}`);
      openssl('req', '-new', '-key', `${id}.key`, '-out', `${id}.csr`, '-subj', `/O=Lab/CN=${name}`);
      const dates = ['-startdate', date(days[0]), '-enddate', date(days[1])];
      const signer = selfSigned ? ['-selfsign', '-keyfile', `${id}.key`] : ['-cert', 'ca.pem', '-keyfile', 'ca.key'];
      openssl(
        'ca',
        '-config',
        'ca.conf',
        '-batch',
        '-notext',
        '-in',
        `${id}.csr`,
        '-out',
        `${id}.pem`,
        ...signer,
        ...dates,
        '-extfile',
        `${id}.ext`,
        '-extensions',
        'ext',
      );
      return { cert: read(`${id}.pem`), key: read(`${id}.key`) };
    },
    encrypted(key, passphrase) {
      write('plain.key', key);
      openssl('pkcs8', '-topk8', '-in', 'plain.key', '-out', 'sealed.key', '-passout', `pass:${passphrase}`);
      return read('sealed.key');
    },
    pfx({ cert, key }, passphrase) {
      write('pfx.pem', cert + key);
      openssl('pkcs12', '-export', '-in', 'pfx.pem', '-out', 'bundle.p12', '-passout', `pass:${passphrase}`);
      return readFileSync(path.join(folder, 'bundle.p12')).toString('base64');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
