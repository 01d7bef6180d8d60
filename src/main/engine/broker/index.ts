export { createBrokerService, type BrokerService } from './broker-service.ts';
export { brokerWorkerUrl } from './worker-url.ts';
export type { BrokerInsideView } from './inside/inside-view.ts';
