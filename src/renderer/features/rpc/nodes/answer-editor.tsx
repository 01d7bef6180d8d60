import { CircleAlert } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import { nodeScriptTypes } from '../../../../shared/scripts/script-types.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { ScriptEditor } from '../../../editor/script-editor.tsx';
import type { AnswerKind } from './node-words.ts';
import { PlaceholderHelp } from './placeholder-help.tsx';
import styles from './methods.module.css';

interface AnswerEditorProps {
  readonly kind: AnswerKind;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly problem: string | undefined;
}

const labels: Readonly<Record<AnswerKind, string>> = {
  static: 'Result as JSON; empty stands for null',
  error: 'Text of the error',
  template: 'Result as JSON with placeholders',
  script: 'Script that answers',
};

/** The text of an answer, in the editor that fits its kind. Give it the kind as key. */
export function AnswerEditor({ kind, text, onChange, problem }: AnswerEditorProps): ReactElement {
  const errorId = useId();
  return (
    <div className={styles.answer} role="group" aria-label="Answer" aria-describedby={problem === undefined ? undefined : errorId}>
      {kind === 'template' && <PlaceholderHelp />}
      <div className={styles.code} data-invalid={problem === undefined ? undefined : true}>
        {kind === 'script' ? (
          <ScriptEditor label={labels[kind]} value={text} onChange={onChange} types={nodeScriptTypes} className={styles.inFrame} />
        ) : (
          <CodeView label={labels[kind]} value={text} language={kind === 'static' ? 'json' : 'plaintext'} onChange={onChange} />
        )}
      </div>
      <p id={errorId} className={styles.error} role="status">
        {problem !== undefined && (
          <>
            <CircleAlert size={12} aria-hidden /> {problem}
          </>
        )}
      </p>
    </div>
  );
}
