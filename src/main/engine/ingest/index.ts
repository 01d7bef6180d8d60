export { createIngest, type Ingest } from './ingest.ts';
export { createTails, type Tails } from './tails.ts';
