import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { cx } from '../ui/cx.ts';
import { caretOf, type Caret } from './caret.ts';
import { EditorHost, type CodeLanguage } from './editor-host.tsx';
import type { EditorSchema } from './json-schemas.ts';
import type { Placeholder } from './placeholder-completion.ts';
import { loadEditor, type CodeProblem, type EditorApi } from './load-editor.ts';
import styles from './code-view.module.css';

export interface CodeViewProps {
  readonly label: string;
  readonly value: string;
  readonly language: Exclude<CodeLanguage, 'javascript'>;
  /** Without it the text can be read, searched, folded and copied, not changed. */
  readonly onChange?: (value: string) => void;
  readonly readOnly?: boolean;
  /** Line numbers and folding; off for short snippets. */
  readonly gutter?: boolean;
  /** Completion, explanations and hints for JSON that is written. */
  readonly schema?: EditorSchema | undefined;
  /** Names to complete after `{{`. */
  readonly placeholders?: readonly Placeholder[] | undefined;
  /** Marks of what is no valid text of the language; off where something else stands in it. */
  readonly marks?: boolean;
  /** What is wrong by the language or the schema. Give a stable function. */
  readonly onProblems?: (problems: readonly CodeProblem[]) => void;
  readonly className?: string;
}

/** Text in the code editor. Until that is loaded, or if it cannot be, the same text in a plain element that works as well. */
export function CodeView({
  label,
  value,
  language,
  onChange,
  readOnly = onChange === undefined,
  gutter = true,
  schema,
  placeholders,
  marks = true,
  onProblems,
  className,
}: CodeViewProps) {
  const [editor, setEditor] = useState<{ readonly api: EditorApi; readonly caret: Caret | undefined } | undefined>(undefined);
  const plain = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    let wanted = true;
    loadEditor().then(
      // At once, so that no key falls between the field and the editor.
      (api) => wanted && flushSync(() => setEditor({ api, caret: caretOf(plain.current) })),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, []);
  return (
    <div className={cx(styles['frame'], className)}>
      {editor ? (
        <EditorHost
          api={editor.api}
          caret={editor.caret}
          label={label}
          value={value}
          language={language}
          onChange={onChange}
          readOnly={readOnly}
          gutter={gutter}
          schema={schema}
          placeholders={placeholders}
          marks={marks}
          onProblems={onProblems}
        />
      ) : (
        <textarea
          ref={plain}
          aria-label={label}
          className={styles['plain']}
          value={value}
          readOnly={readOnly}
          spellCheck={false}
          onChange={(event) => onChange?.(event.target.value)}
        />
      )}
    </div>
  );
}
