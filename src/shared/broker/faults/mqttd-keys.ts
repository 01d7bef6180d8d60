/**
 * The fault keys of the mqttd servers: curl's own in C, whose form counts where they differ, and the one in Python. Both read them from a file of
 * `key value` lines.
 */
export type MqttdDialect = 'c' | 'python';

export interface MqttdKeys {
  readonly dialect: MqttdDialect;
  /** Read and passed by, as both servers do. */
  readonly version?: number | undefined;
  readonly publishBeforeSuback?: boolean | undefined;
  readonly shortPublish?: boolean | undefined;
  readonly errorConnack?: number | undefined;
  readonly excessiveRemaining?: boolean | undefined;
  readonly remlenConnack?: number | undefined;
  readonly pingrespAsConnack?: boolean | undefined;
  readonly disconnectMalformed?: boolean | undefined;
  /** Number of a test file of curl, whose reply is the message. */
  readonly testnum?: number | undefined;
  /** Where `test1190` and its like are; a path on the broker's machine. */
  readonly testFolder?: string | undefined;
  /** The message that answers SUBSCRIBE where there is no test file; absent: what the broker has. In no config file. */
  readonly answer?: string | undefined;
}

interface KeyEntry {
  /** In the file. */
  readonly key: string;
  readonly field: Exclude<keyof MqttdKeys, 'dialect' | 'testFolder' | 'answer'>;
  readonly takes: 'number' | 'flag';
  /** Whether the server in Python has it, and does something. */
  readonly python: 'works' | 'ignored' | 'unknown';
}

export const mqttdKeyTable: readonly KeyEntry[] = [
  { key: 'version', field: 'version', takes: 'number', python: 'ignored' },
  { key: 'PUBLISH-before-SUBACK', field: 'publishBeforeSuback', takes: 'flag', python: 'works' },
  { key: 'short-PUBLISH', field: 'shortPublish', takes: 'flag', python: 'works' },
  { key: 'error-CONNACK', field: 'errorConnack', takes: 'number', python: 'works' },
  { key: 'excessive-remaining', field: 'excessiveRemaining', takes: 'flag', python: 'ignored' },
  { key: 'remlen-CONNACK', field: 'remlenConnack', takes: 'number', python: 'unknown' },
  { key: 'PINGRESP-as-CONNACK', field: 'pingrespAsConnack', takes: 'flag', python: 'unknown' },
  { key: 'DISCONNECT-malformed', field: 'disconnectMalformed', takes: 'flag', python: 'unknown' },
  { key: 'Testnum', field: 'testnum', takes: 'number', python: 'ignored' },
];

export interface KeyFinding {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** `%31s %31s` of the C server: words of 31 characters at most; what is longer goes on in the next one. */
const wordLength = 31;
const maxLines = 10_000;

/**
 * Reads a config file as the server of this dialect does; `before` is what it knew (the server in Python forgets nothing). What has no effect there
 * is found, not refused: no line stops a server.
 */
export function readMqttdConfig(
  text: string,
  dialect: MqttdDialect,
  before?: MqttdKeys,
): { readonly keys: MqttdKeys; readonly findings: readonly KeyFinding[] } {
  const fields: { -readonly [K in keyof MqttdKeys]: MqttdKeys[K] } = dialect === 'python' && before !== undefined ? { ...before, dialect } : { dialect };
  const findings: KeyFinding[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [at, line] of lines.slice(0, maxLines).entries()) {
    const words =
      dialect === 'c'
        ? scanWords(line)
        : line
            .trim()
            .split(/\s+/, 2)
            .filter((word) => word !== '');
    const message = words.length === 0 ? null : dialect === 'c' ? readC(fields, words) : readPython(fields, words);
    if (message !== null) findings.push({ line: at + 1, message });
  }
  if (lines.length > maxLines) findings.push({ line: maxLines, message: `Only the first ${maxLines} lines were read.` });
  return { keys: fields, findings };
}

type Fields = { -readonly [K in keyof MqttdKeys]: MqttdKeys[K] };

function scanWords(line: string): string[] {
  const words: string[] = [];
  // White space of C; a word goes on after 31 characters as the next one.
  let rest = line.replace(/^[ \t\v\f]+/, '');
  while (rest !== '' && words.length < 2) {
    const [word = ''] = /^[^ \t\v\f]{1,31}/.exec(rest) ?? [];
    words.push(word);
    rest = rest.slice(word.length).replace(/^[ \t\v\f]+/, '');
  }
  return words;
}

function readC(fields: Fields, [key = '', value]: readonly string[]): string | null {
  if (value === undefined) return key.startsWith('#') ? null : `“${key}” has no second word: the C server passes the line by.`;
  const entry = mqttdKeyTable.find((one) => one.key === key);
  if (entry === undefined) {
    if (key.startsWith('#')) return null;
    return key.length === wordLength ? `The words of a line have at most ${wordLength} characters.` : `The C server does not know “${key}”.`;
  }
  if (entry.takes === 'flag') {
    fields[entry.field] = true as never;
    return /^(?:false|0|no|off)$/i.test(value) ? `“${value}” switches ${key} on as well: the C server does not look at the value.` : null;
  }
  const number = leadingNumber(value);
  // One byte, but for the test number.
  fields[entry.field] = (entry.field === 'testnum' ? number : number & 0xff) as never;
  if (!/^\d+$/.test(value)) return `“${value}” is no number: the C server takes ${number}.`;
  return entry.field !== 'testnum' && Number(value) > 255 ? `${key} is one byte: the C server takes ${number & 0xff} for ${value}.` : null;
}

/** As `strtoul` and `atoi` do: what stands at the beginning, 0 for nothing. */
function leadingNumber(text: string): number {
  const digits = /^[+]?(\d{1,15})/.exec(text)?.[1];
  return digits === undefined ? 0 : Math.min(Number(digits), 2_147_483_647);
}

function readPython(fields: Fields, [key = '', value]: readonly string[]): string | null {
  if (key.startsWith('#')) return null;
  const entry = mqttdKeyTable.find((one) => one.key === key);
  if (entry === undefined || entry.python === 'unknown') return `The server in Python does not know “${key}”.`;
  if (entry.takes === 'flag') fields[entry.field] = true as never;
  else {
    if (value === undefined || !/^[+-]?\d{1,9}$/.test(value)) return `${key} needs a number.`;
    fields[entry.field] = Math.max(0, Number(value)) as never;
  }
  return entry.python === 'ignored' ? `${key} is read and has no effect in Python.` : null;
}

/** The same keys as a file, which both servers read. */
export function writeMqttdConfig(keys: MqttdKeys): string {
  const lines = mqttdKeyTable.flatMap(({ key, field, takes }) => {
    const value = keys[field];
    if (value === undefined || value === false) return [];
    return [`${key} ${takes === 'flag' ? 'TRUE' : String(value)}`];
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
