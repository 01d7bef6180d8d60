export { PeersPanel } from './peers-panel.tsx';
