export { createHandlers } from './handlers.ts';
export { passwordKey, type Services } from './services.ts';
