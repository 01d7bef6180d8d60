import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { diskAccess, errorCode, followFolder, isGone, notSaved, type FollowedFolder } from '../../workspace/index.ts';

const folderName = 'schemas';
const maxFileBytes = 1_048_576;
const maxAllBytes = 8 * 1_048_576;
const maxFiles = 500;
const maxDepth = 8;
const fileName = /\.(?:proto|avsc)$/;
const safeName = /^[A-Za-z0-9_][\w.-]*$/;

export interface SchemaFiles {
  readonly changed: FollowedFolder['changed'];
  texts(): ReadonlyMap<string, string>;
  /** What could not be read; a sentence. */
  problem(): string | null;
  refresh(): Promise<void>;
  /** Rejects with `not-found`. */
  read(name: string): Promise<string>;
  /** Rejects with `workspace-unwritable`, `payload-too-large`. The name is checked by the contract. */
  save(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  close(): void;
}

/** `.proto` and `.avsc` files below `schemas` in the workspace, which other programs may change as well. Links are not followed. */
export function openSchemaFiles(workspaceFolder: string, onRead: (texts: ReadonlyMap<string, string>) => Promise<void>): SchemaFiles {
  const root = path.join(workspaceFolder, folderName);
  let texts: ReadonlyMap<string, string> = new Map();
  let problem: string | null = null;
  const files = followFolder({
    async read() {
      const scan = new Scan(root);
      await scan.folder('', 0);
      problem = scan.problem;
      texts = scan.texts;
      await onRead(texts);
      return scan.folders.length === 0 ? [workspaceFolder] : scan.folders;
    },
  });

  return {
    changed: files.changed,
    texts: () => texts,
    problem: () => problem,
    refresh: () => files.refresh(),
    async read(name) {
      const text = await readSchema(path.join(root, name)).catch(() => null);
      if (text === null) throw new CodedError('not-found', `The schema ${name} does not exist (any more), or cannot be read.`);
      return text;
    },
    async save(name, text) {
      if (Buffer.byteLength(text) > maxFileBytes) throw new CodedError('payload-too-large', `${name} would have more than 1 MiB, and could not be read again.`);
      await files.change(async () => {
        try {
          await diskAccess.makeFolder(path.dirname(path.join(root, name)));
          await refuseLinks(root, name);
          await diskAccess.writeAtomic(path.join(root, name), text);
        } catch (error) {
          throw notSaved(name, error);
        }
      });
      await files.refresh();
    },
    async remove(name) {
      await files.change(async () => {
        try {
          await refuseLinks(root, name);
          await diskAccess.remove(path.join(root, name));
        } catch (error) {
          if (!isGone(error)) throw notSaved(name, error);
        }
      });
      await files.refresh();
    },
    close: () => files.close(),
  };
}

/** Nothing outside the workspace is written through a folder that is a link. */
async function refuseLinks(root: string, name: string): Promise<void> {
  let at = root;
  for (const part of ['', ...name.split('/')]) {
    at = path.join(at, part);
    const facts = await lstat(at).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
    if (facts?.isSymbolicLink() === true)
      throw new CodedError('workspace-unwritable', `${path.relative(path.dirname(root), at)} is a link, and links are not followed.`, {
        advice: 'Put the file itself there.',
      });
  }
}

async function readSchema(file: string): Promise<string> {
  const facts = await lstat(file);
  if (!facts.isFile()) throw new Error('it is not a file');
  if (facts.size > maxFileBytes) throw new Error('it has more than 1 MiB');
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
}

class Scan {
  readonly texts = new Map<string, string>();
  readonly folders: string[] = [];
  problem: string | null = null;
  readonly #root: string;
  #bytes = 0;

  constructor(root: string) {
    this.#root = root;
  }

  async folder(name: string, depth: number): Promise<void> {
    const folder = path.join(this.#root, name);
    let entries;
    try {
      if (depth === 0 && (await lstat(folder)).isSymbolicLink()) throw new Error('it is a link, and links are not followed');
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      if (!isGone(error)) this.problem = `The folder ${path.join(folderName, name)} could not be read (${errorCode(error) || (error as Error).message}).`;
      return;
    }
    this.folders.push(folder);
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = name === '' ? entry.name : `${name}/${entry.name}`;
      if (!safeName.test(entry.name)) continue;
      if (entry.isDirectory() && depth < maxDepth) await this.folder(inside, depth + 1);
      else if (entry.isFile() && fileName.test(entry.name)) await this.#file(inside);
    }
  }

  async #file(name: string): Promise<void> {
    if (this.texts.size >= maxFiles || this.#bytes > maxAllBytes) {
      this.problem = `More than ${maxFiles} files or ${maxAllBytes / 1_048_576} MiB of schemas: ${name} and others are left out.`;
      return;
    }
    try {
      const text = await readSchema(path.join(this.#root, name));
      this.#bytes += text.length;
      this.texts.set(name, text);
    } catch (error) {
      this.problem = `${path.join(folderName, name)} could not be read: ${errorCode(error) || (error as Error).message}.`;
    }
  }
}
