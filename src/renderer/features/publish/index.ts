export { PublishBar } from './publish-bar.tsx';
export { publishStore } from './publish-model.ts';
export { PublishingItem } from './publish-runs.tsx';
