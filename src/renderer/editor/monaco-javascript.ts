// JavaScript with TypeScript's language service, on top of the editor itself: loaded when a script is first edited.
import 'monaco-editor/languages/definitions/javascript/register';
import { getJavaScriptWorker, javascriptDefaults, ModuleKind, ScriptTarget } from 'monaco-editor/languages/features/typescript/register';

export { getJavaScriptWorker, javascriptDefaults, ModuleKind, ScriptTarget };
