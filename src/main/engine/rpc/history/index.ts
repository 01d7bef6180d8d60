export { CallGroups } from './call-groups.ts';
export { createCallHistory, type CallHistory } from './call-history.ts';
