export { setDemoDevice } from './broker-actions.ts';
export { BrokerCommands } from './broker-commands.ts';
export { BrokerItem } from './broker-item.tsx';
export { BrokerPlace } from './broker-place.tsx';
export { ExampleCommands } from './example-commands.tsx';
export { FailureCard } from './failure-card.tsx';
export { StartBrokerButton } from './start-broker-button.tsx';
