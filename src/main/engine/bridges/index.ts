export { createIntercepts, type Intercepts } from './intercept/intercepts.ts';
export { createTopicBridges, topicBridgeProblem, type TopicBridges } from './topic/topic-bridges.ts';
