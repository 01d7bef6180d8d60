import { randomUUID } from 'node:crypto';
import process from 'node:process';
import type { MockDevice, MockDeviceStatus } from '../../../../shared/contract/mock-devices.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { CommandSignals } from '../../command-signals.ts';
import { harmless } from '../../terminal-text.ts';
import { readDeviceFiles } from './device-files.ts';
import { mockUsage, readMockArguments, type MockArguments } from './mock-arguments.ts';
import { logLine, problemText, servingLines, summaryLine } from './mock-words.ts';
import { placed, serveDevices, servingOf, type ServedDevices } from './serve-devices.ts';

interface Ready extends MockArguments {
  readonly devices: readonly MockDevice[];
}

/** Serves mock devices until it is asked to end, and resolves with the exit code: 0 then, 2 for wrong arguments or files, 6 when one of them cannot be served (any more). */
export async function mockCommand(args: readonly string[]): Promise<number> {
  let given: Ready | 'help';
  try {
    given = await prepare(args);
  } catch (error) {
    process.stderr.write(`${harmless((error as Error).message)}\nmqtt-workbench mock --help lists the arguments.\n`);
    return 2;
  }
  if (given === 'help') {
    process.stdout.write(mockUsage);
    return 0;
  }
  const { devices, link, quiet, json } = given;
  const signals = new CommandSignals();
  const served = serveDevices({
    devices,
    link,
    onLine(device, line) {
      if (!quiet) (json ? process.stdout : process.stderr).write(logLine(device, line, json));
    },
  });
  const failure = await serve(given, served, signals.signal);
  const statuses = statusesOf(served);
  await served.close();
  for (const device of quiet || json ? [] : devices) {
    const status = statuses.get(device.id);
    if (status && (status.byCode.length > 0 || failure === null)) process.stderr.write(summaryLine(device, status));
  }
  if (failure === null) return 0;
  process.stderr.write(problemText(failure.device, failure.problem));
  return 6;
}

async function prepare(args: readonly string[]): Promise<Ready | 'help'> {
  const given = await readMockArguments(args, { env: process.env, newId: randomUUID });
  if (given === 'help') return 'help';
  const { files, link, udp } = given;
  const devices = (await readDeviceFiles(files)).map((device) => placed(device, link, udp));
  if (udp && udp.port !== 0 && devices.length > 1)
    throw new Error('--udp with a port is for one device: use --udp 0, or let the files say which port each has.');
  if (!link && devices.every((device) => device.udp === null)) {
    throw new Error('There is nothing to serve: give --broker ADDRESS or --udp PORT.');
  }
  const ids = devices.map(({ clientId }) => clientId);
  const twice = link ? ids.find((id, at) => ids.indexOf(id) !== at) : undefined;
  if (twice !== undefined) throw new Error(`Two devices have the client id "${twice}", which a broker allows only one of: give one of them another one.`);
  return { ...given, devices };
}

interface Failure {
  readonly device: MockDevice;
  readonly problem: Problem;
}

const statusesOf = ({ devices }: ServedDevices): ReadonlyMap<string, MockDeviceStatus> => new Map(devices.statuses().map((status) => [status.id, status]));

/** Resolves with `null` when the signal is aborted, and with what went wrong when a device cannot be served. A session that is lost later is opened again. */
function serve({ devices, link, json }: Ready, served: ServedDevices, signal: AbortSignal): Promise<Failure | null> {
  const { promise, resolve } = Promise.withResolvers<Failure | null>();
  let said = false;
  const waiting = new Set<string>();
  const look = (): void => {
    const statuses = statusesOf(served);
    let all = true;
    for (const device of devices) {
      const { mqtt = null, udp = null } = statuses.get(device.id) ?? {};
      for (const [way, status] of Object.entries({ mqtt, udp })) {
        const serving = servingOf(status);
        const key = `${device.id} ${way}`;
        if (typeof serving === 'object') return resolve({ device, problem: serving.failed });
        if (serving !== 'yes') all = false;
        const problem = status?.problem ?? { code: 'internal', message: 'The connection was lost.' };
        if (serving === 'waiting' && !said) return resolve({ device, problem });
        if (serving === 'waiting' && !waiting.has(key)) {
          waiting.add(key);
          process.stderr.write(problemText(device, { code: problem.code, message: problem.message, advice: 'It is tried again.' }));
        } else if (serving === 'yes' && waiting.delete(key)) process.stderr.write(`${harmless(device.tag)}: serves again.\n`);
      }
    }
    if (all && !said) {
      said = true;
      clearTimeout(tooLong);
      for (const device of devices) {
        const status = statuses.get(device.id);
        // The address may hold a user and a password.
        if (status) process.stdout.write(servingLines(device, status, link?.profile.uri.replace(/\/\/[^/]*@/, '//') ?? '', json));
      }
    }
    return undefined;
  };
  // Some brokers never answer SUBSCRIBE.
  const tooLong = setTimeout(
    () => {
      const [device] = devices;
      const problem = {
        code: 'timeout',
        message: 'The broker did not confirm the subscriptions.',
        advice: 'Look whether the client may subscribe to the requests of the device.',
      };
      if (device) resolve({ device, problem });
    },
    2000 * (link?.profile.connectTimeoutSeconds ?? 10),
  );
  // While a session waits for its next attempt, nothing else keeps the process.
  const alive = setInterval(() => undefined, 60_000);
  signal.addEventListener('abort', () => resolve(null));
  if (signal.aborted) resolve(null);
  const stop = served.devices.changed.subscribe(look);
  for (const { id } of devices) served.devices.start(id);
  look();
  return promise.finally(() => {
    clearTimeout(tooLong);
    clearInterval(alive);
    stop();
  });
}
