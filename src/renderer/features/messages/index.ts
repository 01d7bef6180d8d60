export { MessageDetails } from './message-details.tsx';
export { propertyFacts } from './message-facts.ts';
export { MessageListView } from './message-list-view.tsx';
export { MessageValue, PayloadView } from './message-value.tsx';
export { detectFormat, looksCoded, oneLine, type PayloadFormat } from './payload-view.ts';
export { useMessageSession } from './use-message-session.ts';
export { WhoGotHeld, WhoGotMessage } from './who-got-section.tsx';
export { wantMessage } from './wanted-message.ts';
