import { parseArgs } from 'node:util';
import process from 'node:process';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { AccessControl, openAccessConfig } from '../access/access-control.ts';
import { readAclFile } from '../access/acl-file.ts';
import type { BrokerOptions } from '../../../../shared/contract/broker.ts';
import { appVersion, openLocalBroker, type LocalBroker, type LocalBrokerExtras } from '../local-broker.ts';
import { BrokerCore } from '../core/broker-core.ts';
import { changeClientLimits } from '../core/client-limits.ts';
import type { ClientLimits } from '../core/core-options.ts';
import type { BrokerFacts } from '../monitoring/broker-facts.ts';
import { startMonitorServer, type MonitorServer } from '../monitoring/monitor-server.ts';
import { userHooks } from '../users/user-hooks.ts';
import { readUsersFile, userLine } from '../users/users-file.ts';
import { checkConfig, ConfigProblems, configuredBroker, printedConfig, readCliConfig, type CliConfig } from './cli-config.ts';
import { serveHandlers, type ServedHandlers } from './cli-handlers.ts';
import { describeListeners, readListeners, readPort } from './cli-listeners.ts';
import { readFaultArguments } from './cli-faults.ts';
import { readIntercepts, serveIntercepts, type ServedIntercepts } from './cli-intercepts.ts';
import { readCliRedis, redisReporter } from './cli-redis.ts';
import { writePackets, type PacketsToFile } from './cli-packets.ts';
import { cliOptions, usageText, type GivenOptions } from './cli-options.ts';
import { reloadConfig } from './cli-reload.ts';

let persistenceFails = false;

/**
 * Runs the local broker alone until SIGTERM or SIGINT, and without --config until SIGHUP. Exit codes: 0 ended on request, 1 cannot listen, read the files
 * of users and rules or use the file of --persist, 2 wrong arguments or a wrong configuration.
 */
async function main(args: readonly string[]): Promise<void> {
  let given: GivenOptions;
  let config: CliConfig | undefined;
  try {
    given = readArguments(args);
    if (given.help === true) {
      process.stdout.write(usageText());
      return;
    }
    if (given['hash-password'] !== undefined) return await printUserLine(given['hash-password']);
    config = given.config === undefined ? undefined : await readCliConfig(given.config, given);
    if (config) given = config.given;
  } catch (error) {
    process.exitCode = 2;
    const isAboutFile = error instanceof ConfigProblems || error instanceof CodedError;
    process.stderr.write(isAboutFile ? `${sentences(error)}\n` : `${(error as Error).message}\n\n${usageText()}`);
    return;
  }
  if (config && given['print-config'] === true) process.stdout.write(printedConfig(config));
  else if (config && given.check === true) await check(config, given);
  else await run(given, config);
}

async function check(config: CliConfig, given: GivenOptions): Promise<void> {
  try {
    for (const remark of await checkConfig(config, given)) say(remark);
    process.stdout.write(`${config.file} can be used.\n`);
  } catch (error) {
    say(sentences(error));
    process.exitCode = 2;
  }
}

async function run(given: GivenOptions, config: CliConfig | undefined): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    // Whoever ends a whole group of processes reaches this one twice, as its starter passes the signal on: the second time is the same wish.
    process.on('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
    if (config === undefined) process.on('SIGHUP', () => resolve());
  });
  let served: ServedHandlers | undefined;
  try {
    if (given.handlers !== undefined) served = await serveHandlers(given.handlers, say);
    const handlers = served && { handlers: served.handlers };
    const broker = config === undefined ? await openGiven(given, handlers) : await openConfigured(config, given, handlers);
    const packets = await recordPackets(given, broker);
    const intercepts = await openIntercepts(given, broker);
    const monitor = await openMonitor(given, broker, config?.profile.limits.maximumConnections ?? null);
    process.stdout.write(describeListeners(broker.listeners));
    if (monitor) process.stdout.write(`metrics on http://127.0.0.1:${monitor.port}/metrics\n`);
    for (const line of intercepts?.lines ?? []) process.stdout.write(line);
    await asked;
    intercepts?.close();
    await monitor?.close();
    await broker.close();
    const leftOut = (await packets?.close()) ?? 0;
    if (leftOut > 0) say(`${leftOut} packets are not in ${given.packets}: the disk was too slow for them.`);
  } catch (error) {
    say(sentences(error));
    process.exitCode = 1;
  } finally {
    await served?.close();
  }
}

type Handlers = Pick<LocalBrokerExtras, 'handlers'> | undefined;

async function openGiven(given: GivenOptions, handlers: Handlers): Promise<LocalBroker> {
  const users = given.users === undefined ? undefined : await readUsersFile(given.users);
  const rules = given.acl === undefined ? undefined : await readAclFile(given.acl);
  const access = rules && { access: new AccessControl({ ...openAccessConfig(), settings: rules }, users && userHooks(users)) };
  const options = { engine: 'workbench', host: '127.0.0.1', tcpPort: null, webSocketPort: null, listeners: readListeners(given) } as const;
  return open(given, options, { ...(users && { users }), ...access, ...handlers, ...persistence(given.persist), ...faults(given, options) });
}

async function openConfigured(config: CliConfig, given: GivenOptions, handlers: Handlers): Promise<LocalBroker> {
  const { options, access, persistenceFile, remarks } = await configuredBroker(config, given);
  for (const remark of remarks) say(remark);
  const control = new AccessControl(access);
  const broker = await open(given, options, { access: control, ...handlers, ...persistence(persistenceFile), ...faults(given, options) });
  const { engine } = broker;
  const live = { access: control, changeLimits: engine instanceof BrokerCore ? (limits: ClientLimits) => changeClientLimits(engine, limits) : null };
  let used = config;
  let reloading: Promise<void> = Promise.resolve();
  process.on('SIGHUP', () => {
    reloading = reloading.then(async () => {
      used = await reloadConfig(used, given, live, say);
    });
  });
  return broker;
}

/** Closes the broker again where that fails. */
async function openIntercepts(given: GivenOptions, broker: LocalBroker): Promise<ServedIntercepts | undefined> {
  if (given.intercept === undefined) return undefined;
  try {
    return await serveIntercepts(readIntercepts(given), say);
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/** Closes the broker again where that fails. */
async function recordPackets({ packets }: GivenOptions, broker: LocalBroker): Promise<PacketsToFile | undefined> {
  const { inside } = broker.engine;
  if (packets === undefined || inside === null) return undefined;
  try {
    return await writePackets(inside, packets, say);
  } catch (error) {
    await broker.close();
    throw new Error(`The packets cannot be written into ${packets}: ${(error as Error).message}`, { cause: error });
  }
}

/** Closes the broker again where that fails. */
async function openMonitor(given: GivenOptions, broker: LocalBroker, maximumConnections: number | null): Promise<MonitorServer | undefined> {
  if (given.metrics === undefined) return undefined;
  const startedAt = Date.now();
  const facts = (): BrokerFacts => ({
    phase: 'running',
    engine: broker.engine.name,
    version: appVersion,
    startedAt,
    listeners: broker.listeners.length,
    maximumConnections,
    metrics: broker.engine.metrics(),
    tapDropped: null,
    persistenceFails,
    redisConnected: broker.redis === null ? null : broker.redis.state().phase === 'connected',
  });
  try {
    return await startMonitorServer(readPort('--metrics', given.metrics), facts);
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/** With Redis everything is kept there, whatever file there is. */
async function open(given: GivenOptions, options: BrokerOptions, extras: LocalBrokerExtras): Promise<LocalBroker> {
  let broker: LocalBroker | undefined;
  const tell = redisReporter(say);
  broker = await openLocalBroker(options, { ...extras, ...readCliRedis(given), onRedisChange: () => tell(broker?.redis?.state()) });
  return broker;
}

function persistence(file: string | undefined): Pick<LocalBrokerExtras, 'persistenceFile' | 'onPersistenceProblem'> {
  return { persistenceFile: file, onPersistenceProblem };
}

function onPersistenceProblem(problem: string | null): void {
  persistenceFails = problem !== null;
  say(problem ?? 'Everything is kept again.');
}

function faults(given: GivenOptions, { listeners = [] }: Pick<BrokerOptions, 'listeners'>): Pick<LocalBrokerExtras, 'faults' | 'readFaultKeys'> {
  const found = readFaultArguments(given)?.open(['tcp', 'ws', ...listeners.map(({ id }) => id)]);
  return { faults: found?.config, readFaultKeys: found?.readKeys };
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
    say(sentences(error));
    process.exitCode = 1;
  }
}

function readArguments(args: readonly string[]): GivenOptions {
  const given: GivenOptions = parseArgs({ args: [...args], options: cliOptions }).values;
  if (given.help === true) return given;
  const about = (['check', 'print-config'] as const).find((name) => given[name] === true);
  if (about !== undefined && given.config === undefined) throw new Error(`--${about} is about the file of --config.`);
  if (given.config === undefined) readListeners(given);
  if (given.handlers === '') throw new Error('--handlers needs a folder.');
  if (given.metrics !== undefined) readPort('--metrics', given.metrics);
  readFaultArguments(given);
  readIntercepts(given);
  if (given.packets === '') throw new Error('--packets needs the name of a file.');
  if (given.persist === '') throw new Error('--persist needs the name of a file.');
  if (readCliRedis(given) !== null && given.persist !== undefined) throw new Error('With --redis everything is kept there: --persist cannot be given as well.');
  return given;
}

function sentences(error: unknown): string {
  const advice = error instanceof CodedError && error.advice !== undefined ? ` ${error.advice}` : '';
  return `${(error as Error).message}${advice}`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

await main(process.argv.slice(2));
