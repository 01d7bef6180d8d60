import { randomUUID } from 'node:crypto';
import { hostEngine, type ParentPort } from './engine-process-host.ts';
import { startEngine } from './main.ts';

const { parentPort } = process as NodeJS.Process & { readonly parentPort?: ParentPort };
if (!parentPort) throw new Error('This is started by the desktop app as a process of its own.');

hostEngine({ parent: parentPort, startEngine, randomId: randomUUID, now: Date.now, random: Math.random, exit: (code) => process.exit(code) });
