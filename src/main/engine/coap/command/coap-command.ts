import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { buffer } from 'node:stream/consumers';
import { CommandSignals } from '../../command-signals.ts';
import { askAll } from '../udp/ask-all.ts';
import { CoapClient, type CoapClientOptions, type CoapResponse } from '../udp/coap-client.ts';
import { CoapFailure } from '../udp/coap-failure.ts';
import { peerText } from '../udp-service/peer-text.ts';
import { coapUsage, readCoapArguments, type CoapArguments } from './coap-arguments.ts';
import { codeText, exitCodeOfFailure, exitCodeOfResponse, failureLine, failureText, logLine, payloadText, responseLine } from './coap-words.ts';

/** Makes one CoAP request over UDP, or observes a resource, and resolves with the exit code: see the user guide. */
export async function coapCommand(args: readonly string[]): Promise<number> {
  let given: CoapArguments | 'help';
  try {
    given = await readCoapArguments(args, async () => new Uint8Array(await buffer(process.stdin)));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nmqtt-workbench coap --help lists the arguments.\n`);
    return 2;
  }
  if (given === 'help') {
    process.stdout.write(coapUsage);
    return 0;
  }
  const { request, transmission, observeMs, multicast, json } = given;
  const began = performance.now();
  const { log } = given;
  const options: CoapClientOptions = {
    clock: () => performance.now(),
    random: Math.random,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    transmission,
    ...(log ? { onLog: (message) => void process.stderr.write(logLine(message, began)) } : {}),
  };
  const client = new CoapClient(options);
  const signals = new CommandSignals();
  try {
    if (multicast) return await askGroup(given, options, signals);
    if (observeMs === null) {
      const response = await client.request(request, { signal: signals.signal });
      await show(response, given);
      return exitCodeOfResponse(response);
    }
    return await observe(client, given, observeMs, signals);
  } catch (error) {
    if (!(error instanceof CoapFailure)) throw error;
    if (error.kind === 'cancelled' && signals.exitCode !== undefined) {
      process.stderr.write('Cancelled.\n');
      return signals.exitCode;
    }
    process.stdout.write(json ? failureLine(error) : '');
    process.stderr.write(failureText(error));
    return exitCodeOfFailure(error);
  } finally {
    client.close();
  }
}

/** Each response with the address it came from, as it comes. A success of any server is one. */
async function askGroup(given: CoapArguments, options: CoapClientOptions, signals: CommandSignals): Promise<number> {
  const { request, multicast, json } = given;
  const codes: number[] = [];
  await askAll({ ...request, group: request.host, networkInterface: multicast?.networkInterface ?? null }, options, {
    signal: signals.signal,
    onResponse(response) {
      codes.push(exitCodeOfResponse(response));
      if (!json) process.stderr.write(`${peerText(response.from)} `);
      if (!json && codes.at(-1) === 0) process.stderr.write(codeText(response));
      void show(response, given);
    },
  });
  if (signals.exitCode !== undefined) return signals.exitCode;
  if (codes.length === 0)
    throw new CoapFailure(
      'no-response',
      `No server of the group responded within ${request.timeoutMs / 1000} s.`,
      'Servers may pass over what they have no answer to, and have to belong to the group. --interface chooses another network.',
    );
  return Math.min(...codes);
}

async function observe(client: CoapClient, given: CoapArguments, observeMs: number, signals: CommandSignals): Promise<number> {
  const over = Promise.withResolvers<CoapFailure | null>();
  const { response, observation } = await client.observe(given.request, {
    signal: signals.signal,
    onNotification: (notification) => void show(notification, given).catch(over.reject),
    onEnd: over.resolve,
  });
  await show(response, given);
  if (!observation) {
    process.stderr.write('The server does not let this resource be observed.\n');
    return exitCodeOfResponse(response);
  }
  const timer = setTimeout(() => over.resolve(null), observeMs);
  signals.signal.addEventListener('abort', () => over.resolve(null));
  const failure = await over.promise;
  clearTimeout(timer);
  if (failure) throw failure;
  if (signals.exitCode !== undefined) return signals.exitCode;
  await observation.cancel(given.cancel);
  return 0;
}

async function show(response: CoapResponse, { json, output }: CoapArguments): Promise<void> {
  const { packet } = response;
  const isSuccess = packet.code >> 5 === 2;
  if (output !== null && isSuccess) {
    try {
      await writeFile(output, packet.payload);
    } catch (error) {
      throw new CoapFailure(
        'too-large',
        `The file "${output}" cannot be written (${(error as NodeJS.ErrnoException).code}).`,
        'Choose another file behind --output.',
      );
    }
  }
  if (json) process.stdout.write(responseLine(response));
  else if (output === null || !isSuccess) {
    if (!isSuccess) process.stderr.write(codeText(response));
    (isSuccess ? process.stdout : process.stderr).write(payloadText(packet.payload));
  }
}
