export { ConnectButton } from './connect-button.tsx';
export { ConnectionCommands } from './connection-commands.ts';
export { ConnectionsItem } from './connections-item.tsx';
export { connectionsStore } from './connections-model.ts';
export { ConnectionsPlace } from './connections-place.tsx';
export { SourceDown } from './source-down.tsx';
export { SourceEmpty } from './source-empty.tsx';
