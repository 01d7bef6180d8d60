import type { editor } from 'monaco-editor/editor';
import { followTheme } from './editor-theme.ts';
import { schemaRegister, type SetSchema } from './json-schemas.ts';
import { allowEditorWorkers } from './worker-policy.ts';

export type EditorApi = Pick<typeof editor, 'create' | 'defineTheme' | 'setModelLanguage' | 'setTheme'> & {
  /** Under a URI of its own, if the text is to be checked by a schema. */
  readonly createModel: (value: string, language: string, uri?: string) => editor.ITextModel;
  readonly setSchema: SetSchema;
};

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
  const { editor, jsonDefaults, Uri } = await import('./monaco.ts');
  const api: EditorApi = {
    create: editor.create,
    defineTheme: editor.defineTheme,
    setModelLanguage: editor.setModelLanguage,
    setTheme: editor.setTheme,
    createModel: (value, language, uri) => editor.createModel(value, language, uri === undefined ? undefined : Uri.parse(uri)),
    setSchema: schemaRegister(jsonDefaults),
  };
  followTheme(api);
  return api;
}
