export { MessageDetails } from './message-details.tsx';
export { propertyFacts } from './message-facts.ts';
export { MessageListView } from './message-list-view.tsx';
export { MessageValue, PayloadView } from './message-value.tsx';
export { detectFormat, type PayloadFormat } from './payload-view.ts';
export { useMessageSession } from './use-message-session.ts';
export { wantMessage } from './wanted-message.ts';
