import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { mockDeviceSchema, type MockDevice } from '../../../../shared/contract/mock-devices.ts';
import { errorCode, readOpenFile } from '../../workspace/index.ts';
import { deviceProblem } from '../mock/index.ts';

const fileSchema = z.strictObject({ device: mockDeviceSchema });
const maxFileBytes = 16 * 1024 * 1024;

/** Devices of files, and of the files in folders. Throws an error that says what is wrong with which file. */
export async function readDeviceFiles(given: readonly string[]): Promise<readonly MockDevice[]> {
  const devices: MockDevice[] = [];
  for (const name of given) for (const file of await filesOf(name)) devices.push(await readDevice(file.shown, file.place));
  const ids = devices.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new Error(`There are two devices with the id "${twice}": give one of them another id.`);
  return devices;
}

async function filesOf(name: string): Promise<readonly { readonly shown: string; readonly place: string }[]> {
  let place: string;
  try {
    place = await realpath(name);
  } catch (error) {
    throw new Error(`"${name}" cannot be read (${errorCode(error)}).`, { cause: error });
  }
  if (!(await stat(place)).isDirectory()) return [{ shown: name, place }];
  // What could not be used is kept aside beside the others.
  const found = (await readdir(place)).filter((file) => file.endsWith('.json') && !file.endsWith('.broken.json')).toSorted();
  if (found.length === 0) throw new Error(`There is no mock device (….json) in "${name}".`);
  return found.map((file) => ({ shown: path.join(name, file), place: path.join(place, file) }));
}

async function readDevice(shown: string, place: string): Promise<MockDevice> {
  const read = await readOpenFile(place, `"${shown}"`, fileSchema, maxFileBytes);
  if (!read?.content) throw new Error(read?.problem?.message ?? `"${shown}" cannot be read (ENOENT).`);
  const { device } = read.content;
  const problem = deviceProblem(device);
  if (problem) throw new Error(`"${shown}": ${problem.message} ${problem.advice ?? ''}`.trim());
  return device;
}
