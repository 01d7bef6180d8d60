export { MessageDetails } from './message-details.tsx';
export { MessageListView } from './message-list-view.tsx';
export { MessageValue } from './message-value.tsx';
export { useMessageSession } from './use-message-session.ts';
