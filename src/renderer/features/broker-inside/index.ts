export { Clients } from './clients.tsx';
