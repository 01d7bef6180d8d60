export { setDemoDevice } from './broker-actions.ts';
export { BrokerCommands } from './broker-commands.ts';
export { BrokerItem } from './broker-item.tsx';
export { BrokerPlace } from './broker-place.tsx';
export { ExampleCommands } from './overview/example-commands.tsx';
export { FailureCard } from './overview/failure-card.tsx';
export { StartBrokerButton } from './overview/start-broker-button.tsx';
