import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { noInput } from './common.ts';

const labRoles = ['server', 'device'] as const;
export type LabRole = (typeof labRoles)[number];

/** What a certificate gets wrong on purpose, for testing who has to refuse it. `wrong-name` is for servers alone: nobody compares the names of devices. */
export const labFaults = ['expired', 'not-yet-valid', 'wrong-name', 'unknown-authority', 'missing-intermediate', 'weak-key', 'wrong-usage'] as const;
export type LabFault = (typeof labFaults)[number];

/** Names file and certificate: `server`, `device-1`. Listeners refer to it. */
export const labIdSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);
/** The largest common name (RFC 5280, ub-common-name). Control characters would show as something else. */
const commonNameSchema = z.string().regex(/^[^\p{Cc}]{1,64}$/u, 'Enter a name of 1 to 64 characters.');

export const labCertificateSchema = z.strictObject({
  id: labIdSchema,
  name: commonNameSchema,
  role: z.enum(labRoles),
  fault: z.enum(labFaults).nullable().default(null),
  /** Host names and IP addresses of a server beside those of this machine. */
  names: z.array(z.string().min(1).max(253)).max(50).default([]),
});
type LabCertificateRecord = z.infer<typeof labCertificateSchema>;

interface LabCertificateFacts {
  /** `CN=device-1, O=MQTT Workbench lab`: what a broker takes a user name from. */
  readonly subject: string;
  readonly issuer: string;
  /** `DNS:localhost`, `IP Address:127.0.0.1` … */
  readonly alternativeNames: readonly string[];
  /** Unix ms. */
  readonly validFrom: number;
  readonly validTo: number;
  /** `AB:CD:…` */
  readonly sha256: string;
  /** `EC P-256`, `RSA 1024`. */
  readonly key: string;
}

export interface LabAuthority extends LabCertificateFacts {
  readonly pem: string;
  /** On the machine of the engine. */
  readonly file: string;
}

export interface LabCertificate extends LabCertificateRecord, LabCertificateFacts {
  /** With its chain; on the machine of the engine. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** What the other side must say to one that is wrong on purpose, a sentence; `null` for good ones. */
  readonly expectation: string | null;
}

export interface LabView {
  readonly authority: LabAuthority | null;
  /** Oldest first. */
  readonly certificates: readonly LabCertificate[];
  /** Files of the lab that cannot be used, in sentences. */
  readonly problems: readonly string[];
}

const exportForms = ['certificate', 'key', 'p12', 'zip'] as const;
export type LabExportForm = (typeof exportForms)[number];

export interface LabExport {
  readonly fileName: string;
  readonly content: Uint8Array;
}

const byId = z.strictObject({ id: labIdSchema });

/** A local authority and what it signs. */
export const tlsLabContract = {
  'tlsLab.watch': stream<LabView>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Makes the authority and the good server certificate `server`, as far as they are missing; the latter is renewed when it has expired or an address of this machine is new. */
  'tlsLab.prepare': call<LabCertificate>()(noInput),
  /** Makes the authority as well, if there is none. */
  'tlsLab.issue': call<LabCertificate>()(
    z.strictObject({
      name: commonNameSchema,
      role: labCertificateSchema.shape.role,
      fault: z.enum(labFaults).nullable().default(null),
      names: labCertificateSchema.shape.names,
    }),
  ),
  /** A new key and certificate under the same id. */
  'tlsLab.renew': call<LabCertificate>()(byId),
  'tlsLab.remove': call<void>()(byId),
  /** Deletes the authority and all it signed. */
  'tlsLab.clear': call<void>()(noInput),
  /** `p12` and the zip's P12 need a passphrase. */
  'tlsLab.export': call<LabExport>()(z.strictObject({ id: labIdSchema, form: z.enum(exportForms), passphrase: z.string().max(256).default('') })),
} as const;
