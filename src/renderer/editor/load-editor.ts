import type { editor } from 'monaco-editor/editor';
import { followTheme } from './editor-theme.ts';
import { schemaRegister, type SetSchema } from './json-schemas.ts';
import { placeholderRegister, type SetPlaceholders } from './placeholder-completion.ts';
import { allowEditorWorkers } from './worker-policy.ts';

export type EditorApi = Pick<typeof editor, 'create' | 'defineTheme' | 'setModelLanguage' | 'setTheme'> & {
  /** Under a URI of its own, if the text is to be checked by a schema. */
  readonly createModel: (value: string, language: string, uri?: string) => editor.ITextModel;
  readonly setSchema: SetSchema;
  /** What is wrong in a model, now and with each change; what it gives ends that. */
  readonly watchProblems: (model: editor.ITextModel, onChange: (problems: readonly CodeProblem[]) => void) => () => void;
  readonly setPlaceholders: SetPlaceholders;
};

export interface CodeProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

let loading: Promise<EditorApi> | undefined;

/** Loads the code editor once; rejects when its files cannot be had, and tries again at the next call. */
export function loadEditor(): Promise<EditorApi> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

let prepared = false;

async function load(): Promise<EditorApi> {
  if (!prepared) allowEditorWorkers();
  prepared = true;
  const { editor, jsonDefaults, languages, MarkerSeverity, Uri } = await import('./monaco.ts');
  const api: EditorApi = {
    create: editor.create,
    defineTheme: editor.defineTheme,
    setModelLanguage: editor.setModelLanguage,
    setTheme: editor.setTheme,
    createModel: (value, language, uri) => editor.createModel(value, language, uri === undefined ? undefined : Uri.parse(uri)),
    setSchema: schemaRegister(jsonDefaults),
    watchProblems(model, onChange) {
      // Hints are no problems.
      const severities = new Map([
        [MarkerSeverity.Error, 'error'],
        [MarkerSeverity.Warning, 'warning'],
      ] as const);
      const tell = (): void =>
        onChange(
          editor.getModelMarkers({ resource: model.uri }).flatMap(({ severity, message, startLineNumber, startColumn }) => {
            const shown = (severities as ReadonlyMap<number, 'error' | 'warning'>).get(severity);
            return shown === undefined ? [] : [{ line: startLineNumber, column: startColumn, message, severity: shown }];
          }),
        );
      const listening = editor.onDidChangeMarkers((uris) => {
        if (uris.some((uri) => uri.toString() === model.uri.toString())) tell();
      });
      tell();
      return () => listening.dispose();
    },
    setPlaceholders: placeholderRegister(languages),
  };
  followTheme(api);
  return api;
}
