export { createBrokerService, type BrokerService, type BrokerServiceOptions } from './broker-service.ts';
export type { BrokerPublish, Refusal } from './broker-engine.ts';
export { brokerWorkerUrl } from './worker-url.ts';
