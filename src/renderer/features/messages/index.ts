export { MessageDetails } from './message-details.tsx';
export { MessageListView } from './message-list-view.tsx';
export type { MessageSession } from './message-session.ts';
export { MessageValue } from './message-value.tsx';
export { useMessageSession } from './use-message-session.ts';
