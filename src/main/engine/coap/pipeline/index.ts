export { answeringParts } from './answering-parts.ts';
export { pipelineProblem } from './check-pipeline.ts';
export { createPipelines, type Pipelines } from './pipelines.ts';
export { textOfPayload } from './trace-ring.ts';
