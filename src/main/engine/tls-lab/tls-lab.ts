import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import {
  labCertificateSchema,
  type LabAuthority,
  type LabCertificate,
  type LabExport,
  type LabExportForm,
  type LabFault,
  type LabRole,
  type LabView,
} from '../../../shared/contract/tls-lab.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../notifier.ts';
import { createJsonFile, diskAccess } from '../workspace/index.ts';
import { factsOf } from './certificate-facts.ts';
import { exportCertificate } from './export-certificate.ts';
import { expectationOf, makeAuthority, makeMaterial } from './lab-material.ts';
import { localNames } from './local-names.ts';
import type { Signer } from './write-certificate.ts';

const mostCertificates = 200;
const authorityName = 'MQTT Workbench lab authority';
const goodServerId = 'server';
const renewBeforeMs = 14 * 86_400_000;

const recordsSchema = z.strictObject({ certificates: z.array(labCertificateSchema).max(mostCertificates) });
type LabRecord = z.infer<typeof labCertificateSchema>;

export interface TlsLabOptions {
  /** Kept to this user alone: keys lie in it as they are. */
  readonly folder: string;
  /** Unix ms. */
  readonly now: () => number;
  /** By default those of this machine. */
  readonly localNames?: () => readonly string[];
}

interface LabOrderInput {
  readonly name: string;
  readonly role: LabRole;
  readonly fault: LabFault | null;
  readonly names: readonly string[];
}

/** The files of a certificate, for a listener. */
interface LabFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly authorityFile: string;
  /** It is meant to be good, and its time is over. */
  readonly isOver: boolean;
}

/** A local authority with what it signed, in files. What changes them happens one after the other. */
export interface TlsLab {
  readonly changed: Pick<Notifier, 'subscribe'>;
  view(): LabView;
  prepare(): Promise<LabCertificate>;
  issue(order: LabOrderInput): Promise<LabCertificate>;
  renew(id: string): Promise<LabCertificate>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
  export(id: string, form: LabExportForm, passphrase: string): Promise<LabExport>;
  /** `undefined`: the lab has no such certificate. */
  files(id: string): LabFiles | undefined;
}

interface Authority extends Signer {
  readonly certificate: X509Certificate;
}

export async function openTlsLab(options: TlsLabOptions): Promise<TlsLab> {
  const { folder, now } = options;
  const namesOfMachine = options.localNames ?? localNames;
  const changed = createNotifier();
  const problems: string[] = [];
  const at = (name: string): string => path.join(folder, name);
  const list = createJsonFile({
    folder,
    name: 'lab.json',
    schema: recordsSchema,
    without: 'The TLS lab goes on with an empty list.',
    now,
    mode: 0o600,
    onProblem: ({ message, advice }) => problems.push(advice === undefined ? message : `${message} ${advice}`),
  });

  let authority: Authority | null = null;
  const certificates = new Map<string, LabCertificate>();

  const readChain = async (name: string): Promise<X509Certificate[]> => {
    const blocks = (await readFile(at(name), 'latin1')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return blocks.map((block) => new X509Certificate(block));
  };
  const readKey = async (name: string): Promise<KeyObject> => createPrivateKey(await readFile(at(name)));

  const shown = (record: LabRecord, own: X509Certificate): LabCertificate => ({
    ...record,
    ...factsOf(own),
    certificateFile: at(`${record.id}.pem`),
    keyFile: at(`${record.id}.key`),
    expectation: record.fault === null ? null : expectationOf(record.role, record.fault),
  });

  const load = async (): Promise<void> => {
    const records = (await list.read())?.certificates ?? [];
    try {
      const [certificate] = await readChain('authority.pem');
      if (!certificate) throw new Error('it holds no certificate');
      const key = await readKey('authority.key');
      if (!certificate.checkPrivateKey(key)) throw new Error('its key is another one');
      authority = { commonName: authorityName, key, certificate };
    } catch (error) {
      if (records.length > 0 || !isMissing(error)) {
        problems.push(`The authority of the TLS lab cannot be used (${reasonOf(error)}). Delete the lab to begin again with a new one.`);
      }
    }
    for (const record of records) {
      try {
        const [own] = await readChain(`${record.id}.pem`);
        if (!own) throw new Error('it holds no certificate');
        if (!own.checkPrivateKey(await readKey(`${record.id}.key`))) throw new Error('its key is another one');
        certificates.set(record.id, shown(record, own));
      } catch (error) {
        problems.push(`The certificate “${record.name}” (${record.id}.pem) of the TLS lab cannot be used (${reasonOf(error)}).`);
      }
    }
  };

  const prepareFolder = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (process.platform !== 'win32') await chmod(folder, 0o700);
    await writeFile(at('.gitignore'), '*\n');
  };
  const writePair = async (name: string, key: KeyObject, chain: readonly X509Certificate[]): Promise<void> => {
    await diskAccess.writeAtomic(at(`${name}.key`), key.export({ type: 'pkcs8', format: 'pem' }), 0o600);
    await diskAccess.writeAtomic(at(`${name}.pem`), pemOf(chain));
  };
  const saveList = (): Promise<void> => list.write({ certificates: [...certificates.values()].map(recordOf) });

  const needAuthority = async (): Promise<Authority> => {
    if (authority) return authority;
    if (problems.length > 0) throw new CodedError('invalid-state', problems[0], { advice: 'Delete the lab to begin again.' });
    await prepareFolder();
    const made = await makeAuthority(authorityName, now());
    await writePair('authority', made.key, [made.certificate]);
    authority = made;
    return made;
  };

  const make = async (record: LabRecord): Promise<LabCertificate> => {
    const signer = await needAuthority();
    const names = record.role === 'server' ? [...new Set([...namesOfMachine(), ...record.names])] : [];
    const { key, chain } = await makeMaterial({ ...record, names }, signer, now());
    await writePair(record.id, key, chain);
    const made = shown(record, chain[0] as X509Certificate);
    certificates.set(record.id, made);
    await saveList();
    return made;
  };

  const find = (id: string): LabCertificate => {
    const found = certificates.get(id);
    if (!found) throw new CodedError('not-found', `The TLS lab has no certificate “${id}” (any more).`);
    return found;
  };

  const freeId = (name: string): string => {
    const stem = (
      name
        .normalize('NFKD')
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-+|-+$/g, '')
        .slice(0, 40)
        .replace(/-+$/, '') || 'certificate'
    ).replace(/^(authority|lab)$/, '$1-1');
    for (let n = 1; ; n += 1) {
      const id = n === 1 ? stem : `${stem}-${n}`;
      if (!certificates.has(id)) return id;
    }
  };

  // One change at a time: each is seen by the next one.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const done = last
      .then(change)
      .catch((error: unknown) => {
        throw unwritable(error, folder);
      })
      .finally(changed.notify);
    last = done.catch(() => undefined);
    return done;
  };

  await load();
  return {
    changed,
    view: () => ({
      authority: authority && authorityView(authority, at('authority.pem')),
      certificates: [...certificates.values()],
      problems: [...problems],
    }),
    prepare: () =>
      inTurn(async () => {
        const known = [...certificates.values()].find(({ role, fault }) => role === 'server' && fault === null);
        if (known && known.validTo - now() > renewBeforeMs && namesOfMachine().every((name) => covers(known, name))) return known;
        return make(known ? recordOf(known) : { id: freeId(goodServerId), name: 'server', role: 'server', fault: null, names: [] });
      }),
    issue: (order) =>
      inTurn(async () => {
        if (certificates.size >= mostCertificates) {
          throw new CodedError('invalid-state', `The TLS lab keeps ${mostCertificates} certificates.`, { advice: 'Delete some first.' });
        }
        checkOrder(order);
        return make({ ...order, names: [...order.names], id: freeId(order.name) });
      }),
    renew: (id) => inTurn(() => make(recordOf(find(id)))),
    remove: (id) =>
      inTurn(async () => {
        find(id);
        certificates.delete(id);
        await saveList();
        for (const kind of ['key', 'pem']) await rm(at(`${id}.${kind}`), { force: true });
      }),
    clear: () =>
      inTurn(async () => {
        await list.settle();
        // The folder is the lab's own.
        await rm(folder, { recursive: true, force: true });
        authority = null;
        certificates.clear();
        problems.length = 0;
      }),
    export: async (id, form, passphrase) => {
      const found = find(id);
      const [chain, key] = await Promise.all([readChain(`${id}.pem`), readKey(`${id}.key`)]).catch((error: unknown) => {
        throw new CodedError('invalid-state', `The files of “${found.name}” cannot be read (${reasonOf(error)}).`, { advice: 'Renew the certificate.' });
      });
      return exportCertificate({ certificate: found, chain, key, authority: authority?.certificate.toString() ?? '' }, form, passphrase, now());
    },
    files: (id) => {
      const found = certificates.get(id);
      return (
        found && {
          certificateFile: found.certificateFile,
          keyFile: found.keyFile,
          authorityFile: at('authority.pem'),
          isOver: found.fault === null && found.validTo < now(),
        }
      );
    },
  };
}

function checkOrder({ role, fault, names }: LabOrderInput): void {
  if (role === 'device' && fault === 'wrong-name') {
    throw new CodedError('bad-input', 'Nobody compares the names in a device’s certificate.', { advice: 'Make a server certificate with a wrong name.' });
  }
  if (role === 'device' && names.length > 0) throw new CodedError('bad-input', 'A device’s certificate has no host names.');
  const wrong = names.find((name) => isIP(name) === 0 && !/^(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i.test(name));
  if (wrong !== undefined)
    throw new CodedError('bad-input', `“${wrong}” is neither a host name nor an IP address.`, {
      advice: 'Write names such as broker.local, without port and protocol.',
    });
}

const covers = ({ alternativeNames }: LabCertificate, name: string): boolean =>
  isIP(name) === 0
    ? alternativeNames.includes(`DNS:${name}`)
    : alternativeNames.some((known) => known.startsWith('IP Address:') && sameAddress(known.slice(11), name));

/** Node writes IPv6 addresses in full. */
function sameAddress(one: string, other: string): boolean {
  const plain = (address: string): string => (isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address);
  return plain(one) === plain(other);
}

function authorityView({ certificate }: Authority, file: string): LabAuthority {
  return { ...factsOf(certificate), pem: certificate.toString(), file };
}

const recordOf = ({ id, name, role, fault, names }: LabCertificate): LabRecord => ({ id, name, role, fault, names });
const pemOf = (chain: readonly X509Certificate[]): string => chain.map(String).join('');
const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
const reasonOf = (error: unknown): string => (isMissing(error) ? 'a file is missing' : (error as Error).message);

function unwritable(error: unknown, folder: string): unknown {
  const code = codeOf(error);
  if (error instanceof CodedError || code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return new CodedError('workspace-unwritable', `The folder ${folder} of the TLS lab cannot be written (${code}).`, {
    advice: 'Make it writable, or choose another workspace.',
  });
}
