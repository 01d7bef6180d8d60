export { createBrokerService, type BrokerMetricsView, type BrokerService } from './broker-service.ts';
export { makeUser, preparedUserName } from './access/make-user.ts';
export { brokerWorkerUrl } from './worker-url.ts';
export type { BrokerListsView } from './inside/lists-view.ts';
export type { BrokerInsideView } from './inside/inside-view.ts';
export type { ConnectionInfo } from './broker-engine.ts';
export { withLabFilesOf, type FindLabFiles } from './lab-listeners.ts';
export { toBrokerFailure } from './listeners/listen-failure.ts';
export { openOneListener, type OpenListener } from './listeners/open-listeners.ts';
