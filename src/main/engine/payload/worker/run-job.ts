import { decodePayload, encodePayload } from '../../../../shared/payload/run-codec.ts';
import { SchemaLibrary } from '../schemas/schema-library.ts';
import { nodePacking } from './node-packing.ts';
import type { PayloadAnswers, PayloadJob } from './payload-job.ts';

export function runJob(job: PayloadJob, library: SchemaLibrary): PayloadAnswers[PayloadJob['kind']] {
  if (job.kind === 'schemas') return library.views();
  const call = { ...job, tools: { ...nodePacking, schema: library.schema } };
  return job.kind === 'decode' ? decodePayload(job.bytes, call) : encodePayload(job.text, call);
}
