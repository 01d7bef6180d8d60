import { z } from 'zod';
import { userSources } from '../mqtt/listener-kinds.ts';
import { labIdSchema } from './tls-lab.ts';

const common = {
  /** Stays the same while the listener is edited. `tcp` and `ws` name the two simple ports. */
  id: z.string().min(1).max(64),
  /** For people; may be empty. */
  name: z.string().max(100).default(''),
  enabled: z.boolean().default(true),
  /** Every connection has to begin with a PROXY header (version 1 or 2), which says where its client really is. */
  proxyProtocol: z.boolean().default(false),
  /** Open at once on this listener; `null`: any number. */
  maxConnections: z.int().min(1).max(1_000_000).nullable().default(null),
  /** New ones per second; `null`: any number. */
  connectionsPerSecond: z.int().min(1).max(1_000_000).nullable().default(null),
  /** The largest packet taken from a client, fixed header included; `null`: what the broker takes. */
  maxPacketBytes: z.int().min(64).max(268_435_460).nullable().default(null),
};

const network = {
  host: z.string().min(1).max(255).default('127.0.0.1'),
  /** 0 asks the operating system for a free one. */
  port: z.int().min(0).max(65_535),
};

const filePath = z.string().min(1).max(4096);
/** May be empty. */
const fileName = z.string().max(4096).default('');

/** Only where the files are, or which certificate of the TLS lab it is: what they hold stays out of the workspace. */
const tls = z
  .strictObject({
    /** The id of a certificate of the TLS lab; `null`: the two files. */
    labCertificate: labIdSchema.nullable().default(null),
    /** PEM, with the chain of its issuers behind it. Not looked at with `labCertificate`, and neither is the key. */
    certificateFile: fileName,
    keyFile: fileName,
    /** PEM: who may have signed the clients' certificates. */
    caFile: filePath.nullable().default(null),
    /** `request`: a client may show one, which is checked; `require`: it has to. Both need `caFile`, in whose place the lab's authority stands with `labCertificate`. */
    clientCertificates: z.enum(['none', 'request', 'require']).default('none'),
    minVersion: z.enum(['1.2', '1.3']).default('1.2'),
    /** PEM: certificate revocation lists, one of each authority in the clients' chains; `null`: revocation is not looked at. */
    crlFile: filePath.nullable().default(null),
    /** What of a client's checked certificate is its user name, in place of the one in CONNECT; nobody asks for its password then. */
    userFrom: z.enum(userSources).default('connect'),
  })
  .refine(
    ({ labCertificate, certificateFile, keyFile }) => labCertificate !== null || (certificateFile !== '' && keyFile !== ''),
    'Name a certificate file and a key file, or a certificate of the TLS lab.',
  );
export type ListenerTls = z.infer<typeof tls>;

/** A listener beside the two simple ports. */
export const listenerOptionsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tcp'), ...common, ...network }),
  z.strictObject({ kind: z.literal('ws'), ...common, ...network }),
  z.strictObject({ kind: z.literal('tls'), ...common, ...network, tls }),
  z.strictObject({ kind: z.literal('wss'), ...common, ...network, tls }),
  /** Windows has named pipes instead: `\\.\pipe\name`. */
  z.strictObject({ kind: z.literal('unix'), ...common, path: filePath }),
]);
export type ListenerOptions = z.infer<typeof listenerOptionsSchema>;

export const listenersSchema = z
  .array(listenerOptionsSchema)
  .max(50)
  .refine((listeners) => new Set(listeners.map(({ id }) => id)).size === listeners.length, 'Two listeners have the same id.')
  .refine((listeners) => listeners.every(({ id }) => id !== 'tcp' && id !== 'ws'), 'The ids "tcp" and "ws" belong to the two simple ports.')
  .readonly();
