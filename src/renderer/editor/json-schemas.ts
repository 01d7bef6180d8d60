import type { jsonDefaults as Defaults } from 'monaco-editor/languages/features/json/register';

/** JSON Schema as the editor takes it. */
export type EditorSchema = { readonly [key: string]: unknown };

/** Gives the JSON in one model (by its URI) completion and hints from a schema; `undefined` takes them away. */
export type SetSchema = (modelUri: string, schema: EditorSchema | undefined) => void;

/** The editor keeps one list of schemas for all its models. */
export function schemaRegister(jsonDefaults: typeof Defaults): SetSchema {
  const schemas = new Map<string, EditorSchema>();
  return (modelUri, schema) => {
    if (schema === undefined ? !schemas.delete(modelUri) : schemas.get(modelUri) === schema) return;
    if (schema !== undefined) schemas.set(modelUri, schema);
    jsonDefaults.setDiagnosticsOptions({
      ...jsonDefaults.diagnosticsOptions,
      schemas: [...schemas].map(([uri, one]) => ({ uri: `${uri}.schema`, fileMatch: [uri], schema: one })),
    });
  };
}
