export { NodeList } from './node-list.tsx';
export { mockMethod, NodeServices } from './node-services.tsx';
export { NodesTab } from './nodes-tab.tsx';
export { serveAnswer } from './serve-answer.ts';
