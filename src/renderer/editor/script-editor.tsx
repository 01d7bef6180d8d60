import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import type { ScriptTypes } from '../../shared/scripts/script-types.ts';
import { cx } from '../ui/cx.ts';
import { EditorHost } from './editor-host.tsx';
import { letTabLeave } from './let-tab-leave.ts';
import { loadEditor, type CodeProblem, type EditorApi } from './load-editor.ts';
import { loadScriptLanguage } from './script-language.ts';
import styles from './script-editor.module.css';

export interface ScriptEditorProps {
  readonly label: string;
  readonly value: string;
  /** Without it the script can be read, not changed. */
  readonly onChange?: ((value: string) => void) | undefined;
  /** What the script may use: `nodeScriptTypes`, `hookScriptTypes`. The same list each time. */
  readonly types: readonly ScriptTypes[];
  readonly className?: string | undefined;
}

type Editor = ReturnType<EditorApi['create']>;

const options = { quickSuggestions: true, tabFocusMode: false, wordWrap: 'off', suggest: { showWords: false }, wordBasedSuggestions: 'off' } as const;

/** JavaScript with completion and checks from TypeScript, and a list of what is wrong. Until that is loaded, or if it cannot be, the same text in a plain field that works as well. */
export function ScriptEditor({ label, value, onChange, types, className }: ScriptEditorProps): ReactElement {
  const [api, setApi] = useState<EditorApi | undefined>(undefined);
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  const [problems, setProblems] = useState<readonly CodeProblem[]>([]);
  const [hasFocus, setFocus] = useState(false);
  const instance = useRef<Editor | undefined>(undefined);
  const hintId = useId();

  useEffect(() => {
    let wanted = true;
    let release: (() => void) | undefined;
    const load = async (): Promise<void> => {
      const loaded = await loadEditor();
      const useTypes = await loadScriptLanguage();
      if (!wanted) return;
      release = useTypes(types);
      setApi(() => loaded);
      setState('ready');
    };
    load().catch(() => wanted && setState('failed'));
    return () => {
      wanted = false;
      release?.();
    };
  }, [types]);

  const made = (editor: Editor): (() => void) => {
    instance.current = editor;
    const model = editor.getModel();
    const unwatch = model && api?.watchProblems(model, setProblems);
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
        {api ? (
          <EditorHost
            api={api}
            label={label}
            value={value}
            language="javascript"
            onChange={onChange}
            readOnly={readOnly}
            gutter
            options={options}
            onMade={made}
          />
        ) : (
          <textarea
            aria-label={label}
            className={styles.plain}
            value={value}
            readOnly={readOnly}
            spellCheck={false}
            onChange={(event) => onChange?.(event.target.value)}
          />
        )}
      </div>
      {problems.length > 0 && (
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
          {summary(state, problems, value)}
        </span>
        <span id={hintId} className={styles.hint} data-shown={hasFocus && !readOnly}>
          Ctrl+Space completes. Esc, then Tab, leaves the editor.
        </span>
      </div>
    </div>
  );
}

function summary(state: 'loading' | 'ready' | 'failed', problems: readonly CodeProblem[], value: string): ReactElement | string {
  if (state === 'loading') return 'Completion and checks are loading …';
  if (state === 'failed') return 'Completion and checks could not be loaded; the script can be edited all the same.';
  if (problems.length > 0) return problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  if (value.trim() === '') return '';
  return (
    <>
      <CircleCheck className={styles.fine} size={13} aria-hidden /> No problems
    </>
  );
}
