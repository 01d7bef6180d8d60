export { createHandlers } from './handlers.ts';
export { interceptSecret, storedSecrets, topicBridgeSecret, type Services } from './services.ts';
export { brokerFacts } from './broker-facts.ts';
export { followAccess } from './follow-access.ts';
export { startBroker } from './start-broker.ts';
