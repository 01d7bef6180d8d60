import { parseArgs } from 'node:util';
import process from 'node:process';
import type { ListenerOptions } from '../../../../shared/contract/listeners.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { AccessControl, openAccessConfig } from '../access/access-control.ts';
import { readAclFile } from '../access/acl-file.ts';
import { describeListeners, readListeners } from './cli-listeners.ts';
import { cliOptions, usageText } from './cli-options.ts';
import { openLocalBroker } from '../local-broker.ts';
import { userHooks } from '../users/user-hooks.ts';
import { readUsersFile, userLine } from '../users/users-file.ts';

interface Arguments {
  readonly listeners: readonly ListenerOptions[];
  readonly usersFile: string | undefined;
  readonly aclFile: string | undefined;
  readonly persistenceFile: string | undefined;
  /** A line for this user is wanted instead of a broker. */
  readonly hashFor: string | undefined;
}

/**
 * Runs the local broker alone until SIGTERM, SIGHUP or SIGINT. Exit codes: 0 ended on request, 1 cannot listen, read the files of users and rules or use the file of --persist,
 * 2 wrong arguments.
 */
async function main(args: readonly string[]): Promise<void> {
  let options: Arguments | 'help';
  try {
    options = readArguments(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usageText()}`);
    process.exitCode = 2;
    return;
  }
  if (options === 'help') {
    process.stdout.write(usageText());
    return;
  }
  if (options.hashFor !== undefined) return printUserLine(options.hashFor);
  const asked = new Promise<void>((resolve) => {
    // Whoever ends a whole group of processes reaches this one twice, as its starter passes the signal on: the second time is the same wish.
    process.on('SIGTERM', () => resolve()).on('SIGHUP', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  try {
    const users = options.usersFile === undefined ? undefined : await readUsersFile(options.usersFile);
    const rules = options.aclFile === undefined ? undefined : await readAclFile(options.aclFile);
    const access = rules && { access: new AccessControl({ ...openAccessConfig(), settings: rules }, users && userHooks(users)) };
    const { listeners } = options;
    const wanted = { engine: 'workbench', host: '127.0.0.1', tcpPort: null, webSocketPort: null, listeners } as const;
    const broker = await openLocalBroker(wanted, {
      ...(users && { users }),
      ...access,
      persistenceFile: options.persistenceFile,
      onPersistenceProblem: sayProblem,
    });
    process.stdout.write(describeListeners(broker.listeners));
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
  const { values } = parseArgs({ args: [...args], options: cliOptions });
  if (values.help === true) return 'help';
  const listeners = readListeners(values);
  if (values.persist === '') throw new Error('--persist needs the name of a file.');
  return { listeners, usersFile: values.users, aclFile: values.acl, persistenceFile: values.persist, hashFor: values['hash-password'] };
}

await main(process.argv.slice(2));
