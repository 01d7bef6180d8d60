export { createIngest, type Ingest } from './ingest.ts';
export { createTails, type TailReader, type Tails } from './tails.ts';
