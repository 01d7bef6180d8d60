// Everything heavy of the editor comes through here, and only when it is first needed.
// All features at once: the JSON language brings them in anyway, and those that arrive after the first editor was made lack their services.
import 'monaco-editor/features/register.all';
import { jsonDefaults } from 'monaco-editor/languages/features/json/register';
import { editor, languages, MarkerSeverity, Uri } from 'monaco-editor/editor';

export { editor, jsonDefaults, languages, MarkerSeverity, Uri };
