import { parseArgs } from 'node:util';
import { CodedError } from '../../shared/ipc/errors.ts';

const defaultPort = 8850;

export const usage = `MQTT Workbench in the browser.

Usage: npm start -- --headless [options]

  --port N          port for the page, 0 for any free one (default ${defaultPort})
  --host ADDRESS    address to listen on (default 127.0.0.1, this machine only);
                    any other address needs a certificate
  --tls-cert FILE   certificate, PEM
  --tls-key FILE    its private key, PEM
  --workspace DIR   folder for settings, connections and message history
  --metrics-token FILE
                    a token that opens /metrics, for monitors, and nothing else
  --start-broker    start the local broker at once
  --help            show this text
`;

export interface HeadlessArguments {
  readonly port: number;
  readonly host: string;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly workspaceFolder: string | undefined;
  readonly metricsTokenFile: string | undefined;
  readonly startBroker: boolean;
}

/** Throws `bad-input` with a sentence that names the argument. */
export function readArguments(args: readonly string[]): HeadlessArguments | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const host = values.host ?? '127.0.0.1';
  if (host === '') throw new CodedError('bad-input', '--host needs an address.');
  if (values.workspace === '') throw new CodedError('bad-input', '--workspace needs a folder.');
  const [certificateFile, keyFile] = [values['tls-cert'], values['tls-key']];
  if ((certificateFile === undefined) !== (keyFile === undefined)) throw new CodedError('bad-input', '--tls-cert and --tls-key belong together: give both.');
  return {
    port: readPort(values.port),
    host,
    certificateFile,
    keyFile,
    workspaceFolder: values.workspace,
    metricsTokenFile: values['metrics-token'],
    startBroker: values['start-broker'] === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        workspace: { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'metrics-token': { type: 'string' },
        'start-broker': { type: 'boolean' },
        headless: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new CodedError('bad-input', error instanceof Error ? error.message : String(error));
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined) return defaultPort;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new CodedError('bad-input', `--port needs a number from 0 to 65535, not "${text}".`);
  return Number(text);
}
