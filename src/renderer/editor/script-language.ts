import type { editor } from 'monaco-editor/editor';
import type { Diagnostic } from 'monaco-editor/languages/features/typescript/register';
import type { ScriptTypes } from '../../shared/scripts/script-types.ts';
import type { CodeProblem } from './load-editor.ts';

export interface ScriptLanguage {
  /** Makes declarations known as long as an editor needs them; what it gives takes them back. */
  readonly addTypes: (types: readonly ScriptTypes[]) => () => void;
  /** What is wrong in a script as it is now, from its beginning to its end. */
  readonly problemsOf: (model: editor.ITextModel) => Promise<readonly CodeProblem[]>;
}

type Loaded = typeof import('./monaco-javascript.ts');

let loading: Promise<ScriptLanguage> | undefined;

/** Loads what knows JavaScript, once; rejects when its files cannot be had, and tries again at the next call. The editor comes first. */
export function loadScriptLanguage(): Promise<ScriptLanguage> {
  loading ??= import('./monaco-javascript.ts').then(
    ({ getJavaScriptWorker, javascriptDefaults, ModuleKind, ScriptTarget }) => {
      const loaded = { getJavaScriptWorker, javascriptDefaults, ModuleKind, ScriptTarget };
      return { addTypes: typesRegister(loaded), problemsOf: (model) => problemsOf(loaded, model) };
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** `ModuleDetectionKind.Force` of the compiler, which its declarations here do not have: every file is a module. */
const everyFileIsAModule = 3;

/** An async function with a type from a comment may have one that is not a promise alone. */
const ignoredCodes: ReadonlySet<number> = new Set([1064, 1065]);

/** All scripts that are open share one set of declarations; those of one name are the same. */
function typesRegister({ javascriptDefaults: defaults, ModuleKind, ScriptTarget }: Loaded): ScriptLanguage['addTypes'] {
  defaults.setCompilerOptions({
    allowJs: true,
    checkJs: true,
    allowNonTsExtensions: true,
    noEmit: true,
    target: ScriptTarget.ESNext,
    module: ModuleKind.ESNext,
    moduleDetection: everyFileIsAModule,
    // What the sandbox has: the language, and no browser.
    lib: ['es2023'],
    types: [],
    noFallthroughCasesInSwitch: true,
  });
  defaults.setDiagnosticsOptions({ noSuggestionDiagnostics: true, diagnosticCodesToIgnore: [...ignoredCodes] });
  // Scripts are looked at one by one.
  defaults.setModeConfiguration({ ...defaults.modeConfiguration, references: false, definitions: false, rename: true });
  const users = new Map<string, { readonly text: string; count: number }>();
  const apply = (): void => defaults.setExtraLibs([...users].map(([name, { text }]) => ({ content: text, filePath: `inmemory://types/${name}.d.ts` })));
  return (types) => {
    for (const { name, text } of types) {
      const known = users.get(name);
      if (known) known.count += 1;
      else users.set(name, { text, count: 1 });
    }
    apply();
    return () => {
      for (const { name } of types) {
        const known = users.get(name);
        if (!known) continue;
        known.count -= 1;
        if (known.count === 0) users.delete(name);
      }
      apply();
    };
  };
}

/** Asked for here, as the editor does not say when it has nothing to say. */
async function problemsOf({ getJavaScriptWorker }: Loaded, model: editor.ITextModel): Promise<readonly CodeProblem[]> {
  const file = model.uri.toString();
  const worker = await (await getJavaScriptWorker())(model.uri);
  const found = await Promise.all([worker.getSyntacticDiagnostics(file), worker.getSemanticDiagnostics(file)]);
  if (model.isDisposed()) return [];
  return found
    .flat()
    .filter(({ code, category }) => category <= 1 && !ignoredCodes.has(code))
    .toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))
    .map(({ start = 0, messageText, category }) => {
      const { lineNumber, column } = model.getPositionAt(start);
      return { line: lineNumber, column, message: textOf(messageText), severity: category === 1 ? 'error' : 'warning' };
    });
}

/** The reasons below the first sentence are for those who wrote the types. */
function textOf(message: Diagnostic['messageText']): string {
  return typeof message === 'string' ? message : message.messageText;
}
