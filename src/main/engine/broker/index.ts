export { createBrokerService, type BrokerMetricsView, type BrokerService } from './broker-service.ts';
export { makeUser, preparedUserName } from './access/make-user.ts';
export { brokerWorkerUrl } from './worker-url.ts';
export type { BrokerInsideView } from './inside/inside-view.ts';
