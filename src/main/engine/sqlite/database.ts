import { createRequire } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';

export type Database = DatabaseSync;
type Binding = { readonly DatabaseSync: new (file: string) => Database };

export type BindingName = 'node:sqlite' | '@photostructure/sqlite';

/** The SQLite of the runtime; where there is none (Node below 22.5, Electron below 35), a package with the same API. */
export async function loadSqlite(wanted?: BindingName): Promise<{ readonly name: BindingName; readonly open: (file: string) => Database }> {
  const require = createRequire(import.meta.url);
  for (const name of wanted ? [wanted] : (['node:sqlite', '@photostructure/sqlite'] as const)) {
    try {
      // `require` and not `import`: a bundler must leave both names alone.
      const binding = (name === 'node:sqlite' ? process.getBuiltinModule(name) : require(name)) as Binding | undefined;
      if (binding) return { name, open: (file) => new binding.DatabaseSync(file) };
    } catch (error) {
      if (wanted) throw error;
    }
  }
  throw new Error('This runtime has no SQLite, and the package that stands in for it could not be loaded.');
}
