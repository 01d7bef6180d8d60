import { parentPort } from 'node:worker_threads';
import { SchemaLibrary } from '../schemas/schema-library.ts';
import type { PayloadAnswer, PayloadRequest } from './payload-job.ts';
import { runJob } from './run-job.ts';

let library = new SchemaLibrary(new Map());

/** Payloads of strangers and schemas of anybody are read here, where a loop or too much memory can be ended. */
parentPort?.on('message', ({ job, schemas }: PayloadRequest) => {
  let answer: PayloadAnswer;
  try {
    if (schemas) library = new SchemaLibrary(schemas);
    answer = { done: runJob(job, library) };
  } catch (error) {
    answer = { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
});
