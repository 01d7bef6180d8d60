import { parseArgs } from 'node:util';
import process from 'node:process';
import { brokerOptionsSchema, type BrokerOptions } from '../../../shared/contract/broker.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { openLocalBroker } from './local-broker.ts';

const usage = `Usage: npm run broker -- [--port N] [--host ADDRESS] [--ws-port N]

  --port N         TCP port for MQTT, 0 for any free one (default 1883)
  --host ADDRESS   address to listen on (default 127.0.0.1, this machine only)
  --ws-port N      also serve MQTT over WebSocket on this port
`;

/** Runs the local broker alone until SIGTERM, SIGHUP or SIGINT. Exit codes: 0 ended on request, 1 cannot listen, 2 wrong arguments. */
async function main(args: readonly string[]): Promise<void> {
  let options: BrokerOptions | 'help';
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
  const asked = new Promise<void>((resolve) => {
    // Whoever ends a whole group of processes reaches this one twice, as its starter passes the signal on: the second time is the same wish.
    process.on('SIGTERM', () => resolve()).on('SIGHUP', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  try {
    const broker = await openLocalBroker(options);
    process.stdout.write(`listening on ${broker.listeners[0]?.url}\n`);
    await asked;
    await broker.close();
  } catch (error) {
    const advice = error instanceof CodedError && error.advice !== undefined ? ` ${error.advice}` : '';
    process.stderr.write(`${(error as Error).message}${advice}\n`);
    process.exitCode = 1;
  }
}

function readArguments(args: readonly string[]): BrokerOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: 'string' }, host: { type: 'string' }, 'ws-port': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return 'help';
  const host = values.host ?? '127.0.0.1';
  if (host.length === 0 || host.length > 255) throw new Error('--host needs an address or a host name.');
  return brokerOptionsSchema.parse({
    host,
    tcpPort: readPort('--port', values.port ?? '1883'),
    webSocketPort: values['ws-port'] === undefined ? null : readPort('--ws-port', values['ws-port']),
  });
}

function readPort(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`${option} needs a port number from 0 to 65535, not "${text}".`);
  return port;
}

await main(process.argv.slice(2));
