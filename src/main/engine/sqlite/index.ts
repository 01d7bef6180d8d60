export { loadSqlite, type BindingName, type Database } from './database.ts';
export { codeOf, isDamage, setAside, sqliteCode, whyUnusable } from './unusable-file.ts';
