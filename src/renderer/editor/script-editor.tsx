import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { flushSync } from 'react-dom';
import type { ScriptTypes } from '../../shared/scripts/script-types.ts';
import { cx } from '../ui/cx.ts';
import { caretOf, type Caret } from './caret.ts';
import { EditorHost } from './editor-host.tsx';
import { letTabLeave } from './let-tab-leave.ts';
import { loadEditor, type CodeProblem, type EditorApi } from './load-editor.ts';
import { loadScriptLanguage, type ScriptLanguage } from './script-language.ts';
import { watchProblems } from './watch-problems.ts';
import styles from './script-editor.module.css';

export interface ScriptEditorProps {
  readonly label: string;
  readonly value: string;
  /** Without it the script can be read, not changed. */
  readonly onChange?: ((value: string) => void) | undefined;
  /** What the script may use: `nodeScriptTypes`, `hookScriptTypes`. The same list each time. */
  readonly types: readonly ScriptTypes[];
  /** Where the script failed when it ran, listed before what is wrong by itself. */
  readonly failure?: { readonly line: number | null; readonly column: number | null; readonly message: string } | null;
  readonly className?: string | undefined;
}

type Editor = ReturnType<EditorApi['create']>;

interface Loaded {
  readonly api: EditorApi;
  readonly language: ScriptLanguage;
  readonly caret: Caret | undefined;
}

const options = { quickSuggestions: true, tabFocusMode: false, wordWrap: 'off', suggest: { showWords: false }, wordBasedSuggestions: 'off' } as const;

/** JavaScript with completion and checks from TypeScript, and a list of what is wrong. Until that is loaded, or if it cannot be, the same text in a plain field that works as well. */
export function ScriptEditor({ label, value, onChange, types, failure = null, className }: ScriptEditorProps): ReactElement {
  const [loaded, setLoaded] = useState<Loaded | 'failed' | undefined>(undefined);
  /** `undefined`: not looked at yet. */
  const [problems, setProblems] = useState<readonly CodeProblem[] | undefined>(undefined);
  const [hasFocus, setFocus] = useState(false);
  const instance = useRef<Editor | undefined>(undefined);
  const plain = useRef<HTMLTextAreaElement>(null);
  const hintId = useId();

  useEffect(() => {
    let wanted = true;
    let release: (() => void) | undefined;
    const load = async (): Promise<void> => {
      const api = await loadEditor();
      const language = await loadScriptLanguage();
      if (!wanted) return;
      release = language.addTypes(types);
      // At once, so that no key falls between the field and the editor.
      flushSync(() => setLoaded({ api, language, caret: caretOf(plain.current) }));
    };
    load().catch(() => wanted && setLoaded('failed'));
    return () => {
      wanted = false;
      release?.();
    };
  }, [types]);

  const made = ({ problemsOf }: ScriptLanguage, editor: Editor): (() => void) => {
    instance.current = editor;
    const model = editor.getModel();
    const unwatch = model && watchProblems(model, problemsOf, setProblems);
    const listening = [editor.onDidFocusEditorText(() => setFocus(true)), editor.onDidBlurEditorText(() => setFocus(false)), letTabLeave(editor)];
    return () => {
      instance.current = undefined;
      unwatch?.();
      for (const one of listening) one.dispose();
    };
  };
  const goTo = ({ line, column }: CodeProblem): void => {
    instance.current?.setPosition({ lineNumber: line, column });
    instance.current?.revealLineInCenterIfOutsideViewport(line);
    instance.current?.focus();
  };
  const readOnly = onChange === undefined;

  return (
    <div className={cx(styles.frame, className)} role="group" aria-label={label} aria-describedby={hintId}>
      <div className={styles.code}>
        {loaded !== undefined && loaded !== 'failed' ? (
          <EditorHost
            api={loaded.api}
            label={label}
            value={value}
            language="javascript"
            onChange={onChange}
            readOnly={readOnly}
            gutter
            options={options}
            caret={loaded.caret}
            onMade={(editor) => made(loaded.language, editor)}
          />
        ) : (
          <textarea
            ref={plain}
            aria-label={label}
            className={styles.plain}
            value={value}
            readOnly={readOnly}
            spellCheck={false}
            onChange={(event) => onChange?.(event.target.value)}
          />
        )}
      </div>
      {failure !== null && (
        <ul className={styles.problems} aria-label="Error of the last run">
          <li>
            <button
              type="button"
              className={styles.problem}
              disabled={failure.line === null}
              onClick={() => goTo({ line: failure.line ?? 1, column: failure.column ?? 1, message: '', severity: 'error' })}
            >
              <CircleAlert className={styles.error} size={13} aria-label="Failed" />
              {failure.line !== null && <span className={styles.place}>Line {failure.line}</span>}
              <span className={styles.message}>{failure.message}</span>
            </button>
          </li>
        </ul>
      )}
      {problems !== undefined && problems.length > 0 && (
        <ul className={styles.problems} aria-label="Problems of the script">
          {problems.map((problem) => (
            <li key={`${problem.line}:${problem.column}:${problem.message}`}>
              <button type="button" className={styles.problem} onClick={() => goTo(problem)}>
                {problem.severity === 'error' ? (
                  <CircleAlert className={styles.error} size={13} aria-label="Error" />
                ) : (
                  <TriangleAlert className={styles.warning} size={13} aria-label="Warning" />
                )}
                <span className={styles.place}>Line {problem.line}</span>
                <span className={styles.message}>{problem.message}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.foot}>
        <span className={styles.summary} role="status">
          {loaded === 'failed' ? 'Completion and checks could not be loaded; the script can be edited all the same.' : summary(problems, value)}
        </span>
        <span id={hintId} className={styles.hint} data-shown={hasFocus && !readOnly}>
          Ctrl+Space completes. Esc, then Tab, leaves the editor.
        </span>
      </div>
    </div>
  );
}

function summary(problems: readonly CodeProblem[] | undefined, value: string): ReactElement | string {
  if (problems === undefined) return 'Completion and checks are loading …';
  if (problems.length > 0) return problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  if (value.trim() === '') return '';
  return (
    <>
      <CircleCheck className={styles.fine} size={13} aria-hidden /> No problems
    </>
  );
}
