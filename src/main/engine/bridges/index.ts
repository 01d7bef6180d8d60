export { createBridges } from './create-bridges.ts';
export { createIntercepts, type Intercepts } from './intercept/intercepts.ts';
export { topicBridgeProblem, type TopicBridges } from './topic/topic-bridges.ts';
