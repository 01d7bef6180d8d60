import { randomUUID } from 'node:crypto';
import { hostEngine, type ParentPort } from './engine-process-host.ts';
import { startEngine } from './main.ts';

const { parentPort } = process as NodeJS.Process & { readonly parentPort?: ParentPort };
if (!parentPort) throw new Error('This is started by the desktop app as a process of its own.');

// Ctrl+C in a terminal reaches every process of the app. The parent then asks for an orderly end, which a signal must not overtake.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

hostEngine({ parent: parentPort, startEngine, randomId: randomUUID, now: Date.now, random: Math.random, exit: (code) => process.exit(code) });
