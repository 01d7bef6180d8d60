export { createHandlers } from './handlers.ts';
export { interceptSecret, storedSecrets, type Services } from './services.ts';
