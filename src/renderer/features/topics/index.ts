export { showMessage, showSource, showTopicOf } from './show-source.ts';
export { TopicsPlace } from './topics-place.tsx';
export { TopicCommands } from './topic-commands.ts';
