import { z } from 'zod';
import { protocolVersionSchema, qosSchema, topicTextSchema } from './common.ts';

/** UTF-8 strings of MQTT have a length of two bytes (§1.5.4). */
const mqttText = z.string().max(65_535);
const uint16 = z.int().min(0).max(65_535);
const uint32 = z.int().min(0).max(4_294_967_295);
const userPropertiesSchema = z.array(z.tuple([mqttText, mqttText])).max(1000);
const pemText = z.string().max(1_000_000);

/** Colours by which connections and subscriptions are told apart; how they look depends on the theme. */
const labelColors = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink'] as const;
const colorSchema = z.enum(labelColors).nullable().default(null);

export const subscriptionSchema = z.strictObject({
  /** With `$share/GROUP/` in front: a shared subscription (§4.8.2). */
  filter: topicTextSchema.min(1),
  qos: qosSchema,
  enabled: z.boolean().default(true),
  /** What stands for the filter in lists; empty: the filter itself. */
  alias: z.string().max(200).default(''),
  color: colorSchema,
  /** MQTT 5: messages of this client are not sent back to it. */
  noLocal: z.boolean().default(false),
  /** MQTT 5: the Retain flag stays as the publisher set it. */
  retainAsPublished: z.boolean().default(false),
  /** MQTT 5: 0 send retained messages, 1 only where the subscription is new, 2 never (§3.8.3.1). */
  retainHandling: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  /** MQTT 5; comes back with each message (§3.8.2.1.2). */
  identifier: z.int().min(1).max(268_435_455).nullable().default(null),
  /** `store`: shown and kept; `notify`: also told by a notification; `drop`: counted alone. */
  action: z.enum(['store', 'notify', 'drop']).default('store'),
});

/** The will and its properties (§3.1.2.5, §3.1.3.2); those of MQTT 5 are left out below it. */
const willSchema = z.strictObject({
  topic: topicTextSchema.min(1, 'Enter the topic of the will.'),
  /** Text, or Base64 of bytes. */
  payload: z.string().max(100_000).default(''),
  payloadAs: z.enum(['text', 'base64']).default('text'),
  qos: qosSchema.default(0),
  retain: z.boolean().default(false),
  delaySeconds: uint32.default(0),
  messageExpirySeconds: uint32.nullable().default(null),
  contentType: mqttText.default(''),
  responseTopic: topicTextSchema.default(''),
  /** Base64. */
  correlationData: z.string().max(90_000).default(''),
  payloadIsUtf8: z.boolean().default(false),
  userProperties: userPropertiesSchema.default([]),
});

/** MQTT 5 properties of CONNECT (§3.1.2.11); left out below it. `null`: not sent. */
const connectPropertiesSchema = z.strictObject({
  /** Seconds; 4,294,967,295: for ever. */
  sessionExpirySeconds: uint32.nullable().default(null),
  receiveMaximum: uint16.min(1).nullable().default(null),
  /** Bytes. */
  maximumPacketSize: uint32.min(1).nullable().default(null),
  topicAliasMaximum: uint16.nullable().default(null),
  requestResponseInformation: z.boolean().nullable().default(null),
  requestProblemInformation: z.boolean().nullable().default(null),
  userProperties: userPropertiesSchema.default([]),
});

const tlsVersionSchema = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

/** Private keys, PFX files and their passphrases are secrets: they are not here, but in the vault. */
const tlsSchema = z.strictObject({
  /**
   * `required`: the chain is verified, and the host name where `checkHostName` says so. `optional`: both, as a client of Python's ssl does with
   * CERT_OPTIONAL. `none`: neither.
   */
  verify: z.enum(['required', 'optional', 'none']).default('required'),
  checkHostName: z.boolean().default(true),
  /** Certificates of authorities (PEM, several one after the other) that are trusted; empty: those of the system and of Node. */
  ca: pemText.default(''),
  /** Certificate of this client with its chain (PEM); empty: none. Its key is a secret. */
  certificate: pemText.default(''),
  /** SNI (RFC 6066 §3); empty: the host of the address, unless that is an IP address. */
  serverName: z.string().max(255).default(''),
  /** ALPN (RFC 7301), in order of preference. */
  alpn: z.array(z.string().min(1).max(255)).max(20).default([]),
  minVersion: tlsVersionSchema.nullable().default(null),
  maxVersion: tlsVersionSchema.nullable().default(null),
  /** As OpenSSL writes them; empty: those of Node. */
  ciphers: z.string().max(4000).default(''),
  /** Certificates that are trusted for this connection whatever else is wrong with them: SHA-256 fingerprints, `AB:CD:…`. */
  pinned: z
    .array(z.string().regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/, 'Write a fingerprint as 32 pairs of hexadecimal digits with ":" between them.'))
    .max(50)
    .default([]),
});

const webSocketSchema = z.strictObject({
  headers: z
    .array(z.tuple([z.string().min(1).max(1000), z.string().max(65_535)]))
    .max(100)
    .default([]),
  /** Empty: `mqtt`, or `mqttv3.1` for MQTT 3.1. */
  subprotocol: z.string().max(200).default(''),
});

/** The password is a secret. */
const proxySchema = z.strictObject({
  /** `http`: by CONNECT (RFC 9110 §9.3.6); `socks5`: RFC 1928, the proxy looks up the name. */
  kind: z.enum(['http', 'socks5']),
  host: z.string().min(1, 'Enter the host of the proxy.').max(255),
  port: uint16.min(1),
  username: z.string().max(255).default(''),
});

/** Waits grow from `intervalSeconds` by `multiplier`, which is applied before the first wait as mqttxx does, up to `maxIntervalSeconds`. */
const reconnectSchema = z.strictObject({
  enabled: z.boolean().default(true),
  intervalSeconds: z.number().min(0.01).max(86_400).default(0.5),
  multiplier: z.number().min(1).max(100).default(2),
  maxIntervalSeconds: z.number().min(0.01).max(86_400).default(30),
  /** Of waits; 0: no end. */
  maxAttempts: z.int().min(0).max(1_000_000).default(0),
  /** Share by which a wait may be shorter or longer, so that many clients do not return at once. */
  jitter: z.number().min(0).max(1).default(0.2),
  /** Also when the first attempt fails. */
  retryFirst: z.boolean().default(false),
});

const limitsSchema = z.strictObject({
  /** Messages published while the connection is down that wait for it; 0: they are refused. */
  maxQueuedMessages: z.int().min(0).max(100_000).default(0),
  /** Bytes; larger messages that come are counted and dropped, but for their first bytes. `null`: no limit. */
  maxPayloadBytes: z.int().min(0).max(268_435_455).nullable().default(null),
});

/** QoS and Retain of what is published, where it does not say so itself: its own topic goes before the default, field by field (as distmqtt does). */
const publishDefaultsSchema = z.strictObject({
  qos: qosSchema.default(0),
  retain: z.boolean().default(false),
  topics: z
    .array(z.strictObject({ topic: topicTextSchema.min(1), qos: qosSchema.nullable().default(null), retain: z.boolean().nullable().default(null) }))
    .max(10_000)
    .default([]),
});

/** Enhanced authentication (§4.12). `scram-sha-256` uses the user name and password; with `dialog` a person answers each challenge. */
const authenticationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('scram-sha-256') }),
  z.strictObject({
    kind: z.literal('dialog'),
    method: mqttText.min(1, 'Enter the authentication method.'),
    /** Authentication Data of CONNECT, Base64; empty: none. */
    initialData: z.string().max(90_000).default(''),
  }),
]);

const profileSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .describe('letters, digits, "_" and "-"'),
  name: z.string().min(1, 'Give the connection a name.').max(200),
  /** Names with `/` between them; empty: at the top. */
  folder: z.string().max(500).default(''),
  color: colorSchema,
  favourite: z.boolean().default(false),
  notes: z.string().max(100_000).default(''),
  connectAtStart: z.boolean().default(false),
  /** Devices with pika-mqtt are at the other end: what they cannot take is told before it is published. */
  pikaPeers: z.boolean().default(false),
  /** `mqtt://host:1883`, `mqtts://`, `ws://host:8083/mqtt`, `wss://`. User info is not kept here. With `{{name}}` from the active environment. */
  uri: z.string().min(1, 'Enter the address of the broker.').max(2048),
  /** `null`: a new random id for each connect. */
  clientId: z.string().max(65_535).nullable().default(null),
  /** A random end behind the fixed client id, new for each connect. */
  clientIdSuffix: z.boolean().default(false),
  version: protocolVersionSchema.default('5'),
  username: z.string().max(65_535).default(''),
  keepAliveSeconds: uint16.default(60),
  /** Taken off the keep alive, for CONNECT and for when PINGREQ goes out, as distmqtt does. */
  pingDelaySeconds: uint16.default(0),
  cleanStart: z.boolean().default(true),
  connectTimeoutSeconds: z.number().min(1).max(300).default(10),
  will: willSchema.nullable().default(null),
  connectProperties: connectPropertiesSchema.prefault({}),
  authentication: authenticationSchema.nullable().default(null),
  tls: tlsSchema.prefault({}),
  webSocket: webSocketSchema.prefault({}),
  proxy: proxySchema.nullable().default(null),
  reconnect: reconnectSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  publishDefaults: publishDefaultsSchema.prefault({}),
  subscriptions: z.array(subscriptionSchema).max(10_000).default([]),
});

/** Everything of a connection that is kept, in one file of the workspace; secrets apart. */
export const connectionProfileSchema = z.preprocess(fromFirstForm, profileSchema);
export type ConnectionProfile = z.infer<typeof profileSchema>;
export type Subscription = z.infer<typeof subscriptionSchema>;
export type Will = z.infer<typeof willSchema>;
export type ReconnectPolicy = z.infer<typeof reconnectSchema>;

/** The first version kept `verifyCertificate` where `tls.verify` is now. */
function fromFirstForm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('verifyCertificate' in value)) return value;
  const { verifyCertificate, ...profile } = value;
  return { tls: { verify: verifyCertificate === false ? 'none' : 'required' }, ...profile };
}

export { connectionSecretNames, type ConnectionSecretName } from '../connections/secret-names.ts';
/** `privateKey`: PEM. `pfx`: Base64 of the file. `passphrase`: of either. */
export const connectionSecretsSchema = z.strictObject({
  password: z.string().max(65_535).nullable().optional(),
  privateKey: pemText.nullable().optional(),
  pfx: z.string().max(4_000_000).nullable().optional(),
  passphrase: z.string().max(65_535).nullable().optional(),
  proxyPassword: z.string().max(255).nullable().optional(),
});
/** A text sets a secret, `null` removes it, absent keeps it. */
export type ConnectionSecretChanges = z.infer<typeof connectionSecretsSchema>;
