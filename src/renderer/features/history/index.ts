export { LedgerItem } from './ledger-item.tsx';
export { describeSize } from './ledger-summary.ts';
