export { Clients } from './clients.tsx';
export { InsideCommands } from './inside-commands.ts';
