import { lstat, stat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname, isAbsolute } from 'node:path';
import { CodedError } from '../../../../shared/ipc/errors.ts';

/** The kernel's structure holds 108 bytes on Linux and 104 elsewhere, with a zero at the end. */
const longestPathBytes = process.platform === 'linux' ? 107 : 103;
/** A live listener answers at once: the kernel does. */
const answerMs = 1000;

/**
 * Listens at a path of the file system. A socket file that nobody answers on, left by a program that was killed, is replaced; a live
 * one or any other file is an error (`address-refused`, `port-taken`, with advice).
 */
export async function listenAtPath(server: Server, path: string): Promise<void> {
  await checkPath(path);
  try {
    await listen(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (process.platform !== 'win32') await removeStale(path);
    else throw taken(path);
    await listen(server, path);
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function checkPath(path: string): Promise<void> {
  if (process.platform === 'win32') {
    if (!/^\\\\[.?]\\pipe\\/i.test(path)) throw refused(`${path} is not the name of a pipe.`, 'Windows has named pipes for this: \\\\.\\pipe\\NAME');
    return;
  }
  if (!isAbsolute(path) || path.includes('\0'))
    throw refused(`The path of the Unix socket, ${path}, is not a whole one.`, 'Write it from the root of the file system on.');
  const length = Buffer.byteLength(path);
  if (length > longestPathBytes) {
    throw refused(`The path of the Unix socket has ${length} bytes, and the system allows ${longestPathBytes}: ${path}`, 'Choose a shorter one.');
  }
  const folder = dirname(path);
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw refused(`The folder ${folder} for the Unix socket does not exist.`, 'Make it, or choose another path.');
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  // Removed by somebody else meanwhile.
  if (found === undefined) return;
  if (!found.isSocket()) throw refused(`There is a file at ${path} that is not a socket.`, 'Choose another path; the file stays as it is.');
  if (await isAnswered(path)) throw taken(path);
  await unlink(path);
}

/** Only a refused connection shows that nobody listens: the right to connect may be missing, or its queue be full. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => settle(true), answerMs);
    socket.once('connect', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED'));
  });
}

function taken(path: string): CodedError {
  return new CodedError('port-taken', `Another program listens at ${path} already.`, { advice: 'Stop that program, or choose another path.' });
}

function refused(message: string, advice: string): CodedError {
  return new CodedError('address-refused', message, { advice });
}
