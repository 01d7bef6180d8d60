export { createScripts, HostFailure, type ScriptOptions } from './scripts.ts';
