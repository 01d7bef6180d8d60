// node tools/run.mjs FILE.ts [ARG …]: installs what is missing, then runs the file on the project's Node.
import process from 'node:process';
import { ensureInstalled, run } from './bootstrap.mjs';

const [file, ...args] = process.argv.slice(2);
ensureInstalled();
run(file, args);
