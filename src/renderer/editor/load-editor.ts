import type { editor } from 'monaco-editor/editor';
import { followTheme } from './editor-theme.ts';
import { allowEditorWorkers } from './worker-policy.ts';

export type EditorApi = typeof editor;

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
  const { editor: api } = await import('./monaco.ts');
  followTheme(api);
  return api;
}
