import type { EditorApi } from './load-editor.ts';

type Editor = ReturnType<EditorApi['create']>;

const escape = 'Escape';
const neutral: ReadonlySet<string> = new Set([escape, 'Tab', 'Shift', 'Control', 'Alt', 'Meta']);

/** Tab indents; after Escape it goes on to the next control, until something else is typed (WCAG 2.1.2). Ctrl+M, which Monaco has, switches that for good. */
export function letTabLeave(editor: Editor): { dispose(): void } {
  const set = (leaves: boolean): void => editor.updateOptions({ tabFocusMode: leaves });
  const keys = editor.onKeyDown(({ browserEvent: { key } }) => {
    if (key === escape) set(true);
    else if (!neutral.has(key)) set(false);
  });
  const blur = editor.onDidBlurEditorText(() => set(false));
  return {
    dispose() {
      keys.dispose();
      blur.dispose();
    },
  };
}
