import { parseArgs } from 'node:util';
import { linkOptions, linkUsage, readLink, type LinkPlan } from '../../rpc/index.ts';

const { 'client-id': _ofEachDevice, ...link } = linkOptions;

export const mockUsage = `Usage: mqtt-workbench mock FILE… [--broker ADDRESS] [--udp [HOST:]PORT] [OPTIONS]

  FILE                  a mock device, as the workspace keeps it
                        (mock-devices/ID.json), or a folder with some
  --broker ADDRESS      take requests over MQTT there: mqtt://127.0.0.1:1883
  --udp [HOST:]PORT     take requests over UDP there; 0 is any free port, and
                        several devices need it (default: as the files say)
  --no-udp              take none over UDP, whatever the files say
  --quiet               no log
  --json                the log and what is served as lines of JSON, on the
                        standard output
${linkUsage.replace(/^ {2}--client-id .*\n/m, '')}
Serves until Ctrl+C or SIGTERM. When all devices take requests, a line for
each place says so on the standard output. Files are only read: states are
forgotten.
`;

export interface MockArguments {
  readonly files: readonly string[];
  /** `null`: not over MQTT. */
  readonly link: LinkPlan | null;
  /** `null`: not over UDP; `undefined`: as the files say. */
  readonly udp: { readonly host: string; readonly port: number } | null | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A UUID with dashes. */
  readonly newId: () => string;
}

/** Throws an error that says which argument is wrong. */
export async function readMockArguments(args: readonly string[], { env, newId }: Surroundings): Promise<MockArguments | 'help'> {
  const { values, positionals: files } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      broker: { type: 'string' },
      udp: { type: 'string' },
      'no-udp': { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      ...link,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  if (files.length === 0) throw new Error('The file of a mock device is missing.');
  if (values.udp !== undefined && values['no-udp']) throw new Error('--udp and --no-udp contradict each other.');
  return {
    files,
    link: values.broker === undefined ? null : await readLink(values.broker, values, env, newId),
    udp: values['no-udp'] ? null : values.udp === undefined ? undefined : readUdp(values.udp),
    quiet: values.quiet,
    json: values.json,
  };
}

/** `5683`, `127.0.0.1:5683`, `[::1]:5683`. */
function readUdp(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]:|([^:]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = digits === '' ? Number.NaN : Number(digits);
  if (!(port <= 65_535))
    throw new Error(`--udp needs a port from 0 to 65535, maybe with an address of this machine before it (127.0.0.1:5683), not "${text}".`);
  return { host: bracketed ?? plain ?? '127.0.0.1', port };
}
