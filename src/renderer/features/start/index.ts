export { StartPlace } from './start-place.tsx';
