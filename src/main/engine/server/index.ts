export { createHandlers } from './handlers.ts';
export { storedSecrets, type Services } from './services.ts';
