import type { languages as Languages } from 'monaco-editor/editor';

/** A name that can stand between two braces. */
export interface Placeholder {
  readonly name: string;
  /** What it stands for now, in a few words. */
  readonly detail: string;
}

/** Offers names after `{{` in one model (by its URI); `undefined` takes them away. */
export type SetPlaceholders = (modelUri: string, placeholders: readonly Placeholder[] | undefined) => void;

/** One provider for all models: who has no names is offered none. */
export function placeholderRegister(languages: typeof Languages): SetPlaceholders {
  const names = new Map<string, readonly Placeholder[]>();
  languages.registerCompletionItemProvider('json', {
    triggerCharacters: ['{'],
    provideCompletionItems(model, { lineNumber, column }) {
      const offered = names.get(model.uri.toString()) ?? [];
      const before = model.getLineContent(lineNumber).slice(0, column - 1);
      const open = /\{\{\s*([A-Za-z0-9_.$-]*)$/.exec(before);
      if (!open || offered.length === 0) return { suggestions: [] };
      const closed = model
        .getLineContent(lineNumber)
        .slice(column - 1)
        .startsWith('}}');
      const range = { startLineNumber: lineNumber, endLineNumber: lineNumber, startColumn: column - (open[1]?.length ?? 0), endColumn: column };
      return {
        suggestions: offered.map(({ name, detail }) => ({
          label: { label: name, description: detail },
          kind: languages.CompletionItemKind.Variable,
          insertText: closed ? name : `${name}}}`,
          range,
        })),
      };
    },
  });
  return (modelUri, placeholders) => {
    if (placeholders === undefined) names.delete(modelUri);
    else names.set(modelUri, placeholders);
  };
}
