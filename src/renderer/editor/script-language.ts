import type { ScriptTypes } from '../../shared/scripts/script-types.ts';

/** Makes declarations known as long as an editor needs them; what it gives takes them back. */
export type UseTypes = (types: readonly ScriptTypes[]) => () => void;

let loading: Promise<UseTypes> | undefined;

/** Loads what knows JavaScript, once; rejects when its files cannot be had, and tries again at the next call. The editor comes first. */
export function loadScriptLanguage(): Promise<UseTypes> {
  loading ??= import('./monaco-javascript.ts').then(typesRegister, (error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** `ModuleDetectionKind.Force` of the compiler, which its declarations here do not have: every file is a module. */
const everyFileIsAModule = 3;

/** All scripts that are open share one set of declarations; those of one name are the same. */
function typesRegister({ javascriptDefaults: defaults, ModuleKind, ScriptTarget }: typeof import('./monaco-javascript.ts')): UseTypes {
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
  // 1064, 1065: an async function with a type from a comment may have one that is not a promise alone.
  defaults.setDiagnosticsOptions({ noSuggestionDiagnostics: true, diagnosticCodesToIgnore: [1064, 1065] });
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
