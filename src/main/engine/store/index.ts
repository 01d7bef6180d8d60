export { createStore, type Store, type StoreOptions } from './store.ts';
export type { CallStore } from './calls/call-store.ts';
export { searchedText } from './calls/payload-text.ts';
export { fold, wordsOf } from './calls/call-where.ts';
export type { StoredCall } from './calls/stored-call.ts';
