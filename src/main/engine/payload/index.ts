export { createPayloadService, type PayloadService } from './payload-service.ts';
