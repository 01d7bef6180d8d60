export { createSchemaThread } from './checks/schema-thread.ts';
export { createCollectionRuns, type CollectionRuns } from './collection-runs.ts';
export { openCollectionFiles, type CollectionFiles } from './files/collection-files.ts';
export { secretHider } from './run/hide-secrets.ts';
export { newCounter } from './run/new-counter.ts';
export { createCallFiller, type CallFiller } from './call-filler.ts';
export { createCoapFiller, type FillCoapRequest } from './coap-filler.ts';
