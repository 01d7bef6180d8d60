import { parentPort } from 'node:worker_threads';
import { runCheck } from '../../../../shared/collections/check.ts';
import { searchable } from '../../../../shared/collections/json-path.ts';
import { readJsonText } from '../../../../shared/rpc/json-payload.ts';
import type { CheckAnswer, CheckRequest } from './check-messages.ts';

/** Regular expressions, paths and schemas of users run here, where they can be stopped: some never end. */
parentPort?.on('message', ({ checks, subject, body }: CheckRequest) => {
  const read = readJsonText(body);
  const whole = { ...subject, body: searchable('value' in read ? read.value : null) };
  for (const check of checks) parentPort?.postMessage({ outcome: runCheck(check, whole) } satisfies CheckAnswer);
});
