export { NodeList } from './node-list.tsx';
export { mockMethod, NodeServices } from './node-services.tsx';
export { NodesTab } from './nodes-tab.tsx';
export { serveAnswer } from './serve-answer.ts';
export { FaultsSection } from './faults-section.tsx';
export { checkFaults, noFaults, type FaultsDraft } from './method-draft.ts';
export { Tried, TriedValue, TryFrame } from './try-frame.tsx';
export { faultWords } from './node-words.ts';
