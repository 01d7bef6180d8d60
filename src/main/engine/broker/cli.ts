import { parseArgs } from 'node:util';
import process from 'node:process';
import { brokerOptionsSchema, type BrokerOptions } from '../../../shared/contract/broker.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { openLocalBroker } from './local-broker.ts';
import { readUsersFile, userLine } from './users/users-file.ts';

const usage = `Usage: npm run broker -- [--port N] [--host ADDRESS] [--ws-port N] [--users FILE] [--persist FILE]
       npm run broker -- --hash-password NAME

  --port N              TCP port for MQTT, 0 for any free one (default 1883)
  --host ADDRESS        address to listen on (default 127.0.0.1, this machine only)
  --ws-port N           also serve MQTT over WebSocket on this port
  --users FILE          only the users of this file get in, with their password
  --persist FILE        keep sessions, their messages, retained messages and wills in this file
  --hash-password NAME  read a password from the standard input, print the line of
                        the users file for it, and end
`;

interface Arguments {
  readonly broker: BrokerOptions;
  readonly usersFile: string | undefined;
  readonly persistenceFile: string | undefined;
  /** A line for this user is wanted instead of a broker. */
  readonly hashFor: string | undefined;
}

/**
 * Runs the local broker alone until SIGTERM, SIGHUP or SIGINT. Exit codes: 0 ended on request, 1 cannot listen, read the users file or use the file of --persist,
 * 2 wrong arguments.
 */
async function main(args: readonly string[]): Promise<void> {
  let options: Arguments | 'help';
  try {
    options = readArguments(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return;
  }
  if (options.hashFor !== undefined) return printUserLine(options.hashFor);
  const asked = new Promise<void>((resolve) => {
    // Whoever ends a whole group of processes reaches this one twice, as its starter passes the signal on: the second time is the same wish.
    process.on('SIGTERM', () => resolve()).on('SIGHUP', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  try {
    const users = options.usersFile === undefined ? {} : { users: await readUsersFile(options.usersFile) };
    const broker = await openLocalBroker(options.broker, { ...users, persistenceFile: options.persistenceFile, onPersistenceProblem: sayProblem });
    process.stdout.write(`listening on ${broker.listeners[0]?.url}\n`);
    await asked;
    await broker.close();
  } catch (error) {
    const advice = error instanceof CodedError && error.advice !== undefined ? ` ${error.advice}` : '';
    process.stderr.write(`${(error as Error).message}${advice}\n`);
    process.exitCode = 1;
  }
}

function sayProblem(problem: string | null): void {
  process.stderr.write(`${problem ?? 'Everything is kept again.'}\n`);
}

async function printUserLine(name: string): Promise<void> {
  try {
    let password = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) {
      password += chunk as string;
      if (password.includes('\n')) break;
    }
    process.stdout.write(`${await userLine(name, password.split(/\r?\n/, 1)[0] ?? '')}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

function readArguments(args: readonly string[]): Arguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'ws-port': { type: 'string' },
      users: { type: 'string' },
      persist: { type: 'string' },
      'hash-password': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const host = values.host ?? '127.0.0.1';
  if (host.length === 0 || host.length > 255) throw new Error('--host needs an address or a host name.');
  const broker = brokerOptionsSchema.parse({
    host,
    tcpPort: readPort('--port', values.port ?? '1883'),
    webSocketPort: values['ws-port'] === undefined ? null : readPort('--ws-port', values['ws-port']),
  });
  if (values.persist === '') throw new Error('--persist needs the name of a file.');
  return { broker, usersFile: values.users, persistenceFile: values.persist, hashFor: values['hash-password'] };
}

function readPort(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`${option} needs a port number from 0 to 65535, not "${text}".`);
  return port;
}

await main(process.argv.slice(2));
