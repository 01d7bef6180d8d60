/** What is wrong in a file of schemas, and where. */
export class SchemaProblem extends Error {
  override readonly name = 'SchemaProblem';
  readonly file: string;
  /** From 1. */
  readonly line: number | null;
  readonly column: number | null;

  constructor(message: string, file: string, line: number | null, column: number | null) {
    super(message);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

/** Of an offset in a text. */
export function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - (before.lastIndexOf('\n') + 1) + 1 };
}
