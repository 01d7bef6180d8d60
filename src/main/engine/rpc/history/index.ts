export { createCallHistory, type CallHistory } from './call-history.ts';
