export { checkPublish, checkTopicName } from './check-message.ts';
export { createPublishing, type Publishing } from './publishing.ts';
export { createMessageSender } from './send-message.ts';
