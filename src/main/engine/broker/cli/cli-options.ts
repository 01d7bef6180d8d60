/** One option of `npm run broker`. */
interface CliOption {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** What follows the name, for `--help`; an option that is `boolean` has nothing. */
  readonly value?: string;
  /** For `--help`, in lines of 60 characters at most. */
  readonly help: readonly string[];
}

/** Every option, in the order of `--help`: a row is all that an option needs to be taken and told. */
export const cliOptions = {
  config: { type: 'string', value: 'FILE', help: ['a broker profile (YAML); what else is given here goes before it'] },
  check: { type: 'boolean', help: ['only say what is wrong with the profile; exit code 2 when', 'something is'] },
  'print-config': { type: 'boolean', help: ['only print the whole configuration, as it would be used'] },
  port: { type: 'string', value: 'N|off', help: ['TCP port for MQTT, 0 for any free one (default 1883)'] },
  host: { type: 'string', value: 'ADDRESS', help: ['address to listen on (default 127.0.0.1, this machine only)'] },
  'ws-port': { type: 'string', value: 'N', help: ['also serve MQTT over WebSocket on this port'] },
  'tls-port': { type: 'string', value: 'N', help: ['also serve MQTT over TLS on this port'] },
  'wss-port': { type: 'string', value: 'N', help: ['also serve MQTT over secure WebSocket on this port'] },
  unix: { type: 'string', value: 'PATH', help: ['also serve MQTT at this Unix socket'] },
  cert: { type: 'string', value: 'FILE', help: ['certificate for TLS, with its chain (PEM)'] },
  key: { type: 'string', value: 'FILE', help: ['the key of that certificate (PEM)'] },
  ca: {
    type: 'string',
    value: 'FILE',
    help: ['who signs the certificates of clients (PEM); with it, clients', 'of the TLS ports need such a certificate'],
  },
  'client-certificates': { type: 'string', value: 'request|require', help: ['with request, clients without a certificate get in too'] },
  crl: { type: 'string', value: 'FILE', help: ['certificates of clients that were revoked (PEM)'] },
  'user-from': {
    type: 'string',
    value: 'common-name|subject|email|dns|uri',
    help: ['what of the certificate of a client is its user name; its', 'password is not asked for then'],
  },
  'tls-min': { type: 'string', value: '1.2|1.3', help: ['the oldest version of TLS that is taken (default 1.2)'] },
  proxy: { type: 'boolean', help: ['every connection begins with a PROXY header (version 1 or 2)'] },
  'max-connections': { type: 'string', value: 'N', help: ['at once, on each listener'] },
  'max-connects-per-second': { type: 'string', value: 'N', help: ['new ones, on each listener'] },
  'max-packet': { type: 'string', value: 'BYTES', help: ['the largest packet taken from a client'] },
  users: { type: 'string', value: 'FILE', help: ['only the users of this file get in, with their password'] },
  acl: {
    type: 'string',
    value: 'FILE',
    help: ['who may publish and subscribe to what: an ACL file of', 'mosquitto, or of distmqtt where it is called .yaml'],
  },
  handlers: {
    type: 'string',
    value: 'DIR',
    help: ['scripts that handle what clients do: a .js file for each;', 'changed files are in use at once'],
  },
  persist: { type: 'string', value: 'FILE', help: ['keep sessions, their messages, retained messages and wills', 'in this file'] },
  packets: {
    type: 'string',
    value: 'FILE',
    help: ['write every control packet into this file: .pcapng for', 'Wireshark, .jsonl, or else lines of curl’s test server'],
  },
  intercept: {
    type: 'string',
    multiple: true,
    value: 'PORT=URL',
    help: ['forward every connection to this port, byte by byte, to the', 'broker at URL: mqtt://, mqtts://, ws:// or wss://; again for more'],
  },
  metrics: { type: 'string', value: 'PORT', help: ['serve /health, /metrics and /metrics.json on this port of', '127.0.0.1, 0 for any free one'] },
  faults: {
    type: 'string',
    value: 'FILE',
    help: ['make faults: a config file of the mqttd servers, read anew', 'at each connection, or a profile saved in the workbench'],
  },
  'faults-dialect': { type: 'string', value: 'c|python', help: ['which of the mqttd servers is played (default c)'] },
  'faults-tests': { type: 'string', value: 'FOLDER', help: ['where the test files are that Testnum names'] },
  curl: { type: 'boolean', help: ['DISCONNECT after the first message, so that curl returns'] },
  redis: {
    type: 'string',
    value: 'URL',
    help: [
      'be one with all brokers at this Redis, redis://HOST:PORT/DB or',
      'rediss://…; its password is better given as MQTT_REDIS_PASSWORD',
      'in the environment than in the address',
    ],
  },
  'redis-channels': { type: 'boolean', help: ['only mqttd’s plain form: each topic is a channel of Redis,', 'its message the payload; nothing is kept there'] },
  'redis-prefix': { type: 'string', value: 'TEXT', help: ['what its keys begin with (default mqtt)'] },
  'redis-ca': { type: 'string', value: 'FILE', help: ['who signs the certificate of Redis (PEM)'] },
  'redis-lease': { type: 'string', value: 'SECONDS', help: ['a broker silent for so long may be taken for dead (default 5)'] },
  'hash-password': {
    type: 'string',
    value: 'NAME',
    help: ['read a password from the standard input, print the line of', 'the users file for it, and end'],
  },
  help: { type: 'boolean', short: 'h', help: ['show this text'] },
} as const satisfies Readonly<Record<string, CliOption>>;

type Table = typeof cliOptions;
/** What was given, by name. */
export type GivenOptions = {
  readonly [K in keyof Table]?:
    | (Table[K] extends { readonly multiple: true } ? string[] : Table[K] extends { readonly type: 'boolean' } ? boolean : string)
    | undefined;
};

const helpColumn = 24;

export function usageText(): string {
  const lines = Object.entries<CliOption>(cliOptions).flatMap(([name, { short, value, help }]) => {
    const left = `  ${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
    const right = help.map((line) => `${' '.repeat(helpColumn)}${line}`);
    const [first = ''] = right;
    return left.length < helpColumn ? [left + first.slice(left.length), ...right.slice(1)] : [left, ...right];
  });
  return `Usage: npm run broker -- [OPTIONS]
       npm run broker -- --hash-password NAME

${lines.join('\n')}
`;
}
