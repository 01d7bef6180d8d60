export { createScripts, HostFailure, type HostFunction, type Script, type ScriptOptions, type Scripts } from './scripts.ts';
