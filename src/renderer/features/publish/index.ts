export { PublishBar } from './publish-bar.tsx';
export { publishStore } from './publish-model.ts';
