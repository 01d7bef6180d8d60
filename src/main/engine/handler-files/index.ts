export { openHandlerFiles, type HandlerFiles } from './handler-files.ts';
