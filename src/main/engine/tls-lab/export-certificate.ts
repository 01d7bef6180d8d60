import { X509Certificate, type KeyObject } from 'node:crypto';
import type { LabCertificate, LabExport, LabExportForm } from '../../../shared/contract/tls-lab.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { writeP12 } from './write-p12.ts';
import { writeZip } from './write-zip.ts';

interface ExportSource {
  readonly certificate: LabCertificate;
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
  /** PEM. */
  readonly authority: string;
}

/** A certificate in the form others want it in. */
export function exportCertificate(source: ExportSource, form: LabExportForm, passphrase: string, nowMs: number): LabExport {
  const { id } = source.certificate;
  switch (form) {
    case 'certificate':
      return { fileName: `${id}.pem`, content: Buffer.from(chainPem(source)) };
    case 'key':
      return { fileName: `${id}.key`, content: Buffer.from(keyPem(source)) };
    case 'p12':
      return { fileName: `${id}.p12`, content: p12Of(source, passphrase) };
    case 'zip':
      return { fileName: `${id}.zip`, content: zipOf(source, passphrase, nowMs) };
  }
}

const chainPem = ({ chain }: ExportSource): string => chain.map(String).join('');
const keyPem = ({ key }: ExportSource): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function p12Of({ certificate, chain, key, authority }: ExportSource, passphrase: string): Buffer {
  if (passphrase === '') throw new CodedError('bad-input', 'A P12 file needs a passphrase.', { advice: 'Enter one: who opens the file is asked for it.' });
  // One that is wrong on purpose stays as incomplete as it is.
  const certificates = certificate.fault === null && authority !== '' ? [...chain, new X509Certificate(authority)] : chain;
  return writeP12({ key, certificates, friendlyName: certificate.name, passphrase });
}

/** All that its owner needs: certificate, key, both as P12 when there is a passphrase, the authority, and how to use them. */
function zipOf(source: ExportSource, passphrase: string, nowMs: number): Buffer {
  const { certificate, authority } = source;
  const { id } = certificate;
  const text = (name: string, content: string, mode = 0o644) => ({ name: `${id}/${name}`, content: Buffer.from(content), mode });
  return writeZip(
    [
      text('ca.pem', authority),
      text(`${id}.pem`, chainPem(source)),
      text(`${id}.key`, keyPem(source), 0o600),
      ...(passphrase === '' ? [] : [{ name: `${id}/${id}.p12`, content: p12Of(source, passphrase), mode: 0o600 }]),
      text('README.txt', readme(certificate)),
    ],
    nowMs,
  );
}

function readme({ id, name, role, subject, validTo, expectation }: LabCertificate): string {
  const use =
    role === 'device'
      ? `mosquitto_sub -h HOST -p 8883 --cafile ca.pem --cert ${id}.pem --key ${id}.key -t '#' -v`
      : `openssl s_server -accept 8883 -cert ${id}.pem -key ${id}.key`;
  return [
    `${name}: a ${role} certificate of the TLS lab of MQTT Workbench`,
    '',
    `Subject: ${subject}`,
    `Valid until: ${new Date(validTo).toISOString().slice(0, 10)}`,
    ...(expectation === null ? [] : ['', `WRONG ON PURPOSE. ${expectation}`]),
    '',
    `Try it: ${use}`,
    `${id}.key is secret: whoever has it can be this ${role}.`,
    '',
  ].join('\n');
}
