import type { EditorApi } from './load-editor.ts';

type Editor = ReturnType<EditorApi['create']>;

/** What is selected in a plain field that has the focus. Lines and columns count from 1. */
export interface Caret {
  readonly startLineNumber: number;
  readonly startColumn: number;
  readonly endLineNumber: number;
  readonly endColumn: number;
}

/** `undefined`: nobody writes in it. */
export function caretOf(field: HTMLTextAreaElement | null): Caret | undefined {
  if (field === null || field.ownerDocument.activeElement !== field) return undefined;
  const [startLineNumber, startColumn] = placeOf(field.value, field.selectionStart);
  const [endLineNumber, endColumn] = placeOf(field.value, field.selectionEnd);
  return { startLineNumber, startColumn, endLineNumber, endColumn };
}

/** Who began to write in the plain field goes on in the editor that takes its place. */
export function goOnAt(editor: Editor, caret: Caret): void {
  editor.setSelection(caret);
  editor.focus();
}

function placeOf(text: string, offset: number): readonly [line: number, column: number] {
  const before = text.slice(0, offset).split('\n');
  return [before.length, (before.at(-1) as string).length + 1];
}
