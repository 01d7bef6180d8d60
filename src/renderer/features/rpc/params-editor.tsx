import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import type { JsonSchema } from '../../../shared/contract/rpc.ts';
import { CodeFrame } from '../../editor/code-frame.tsx';
import { CodeView } from '../../editor/code-view.tsx';
import type { CodeProblem } from '../../editor/load-editor.ts';
import { editorSchema } from './schema-words.ts';
import { usePlaceholders } from './rpc-model.ts';
import { hasBraces } from './variables.ts';
import styles from './call-builder.module.css';

interface ParamsEditorProps {
  readonly text: string;
  readonly schema: JsonSchema | null;
  /** It was only seen, and is no rule; false: it is one. */
  readonly seen?: boolean;
  readonly onChange: (text: string) => void;
  readonly error: string | undefined;
  readonly errorId: string;
}

/** Params as JSON, with completion (Ctrl+Space) from what was seen. */
export function ParamsEditor({ text, schema, seen = true, onChange, error, errorId }: ParamsEditorProps): ReactElement {
  // The schema comes anew with each call that is seen, mostly the same.
  const signature = schema === null ? '' : JSON.stringify(schema);
  const forEditor = useMemo(() => {
    const parsed = signature === '' ? undefined : (JSON.parse(signature) as JsonSchema);
    return parsed && seen ? editorSchema(parsed) : parsed;
  }, [signature, seen]);
  const placeholders = usePlaceholders();
  const [warning, setWarning] = useState<CodeProblem | null>(null);
  const noteProblems = useCallback((problems: readonly CodeProblem[]) => setWarning(problems.find(({ severity }) => severity === 'warning') ?? null), []);
  const odd = error === undefined && warning !== null && !hasBraces(text) ? warning : null;
  return (
    <div className={styles.params} role="group" aria-label="Params" aria-describedby={error === undefined ? undefined : errorId}>
      <CodeFrame invalid={error !== undefined} placeholder={text === '' ? <>none – or JSON, such as {'{ "target": 21.5 }'}</> : null}>
        <CodeView
          label="Params as JSON; empty stands for none"
          value={text}
          language="json"
          onChange={onChange}
          schema={forEditor}
          placeholders={placeholders}
          marks={!hasBraces(text)}
          onProblems={noteProblems}
        />
      </CodeFrame>
      <p id={errorId} className={styles.error} role="status">
        {error !== undefined && (
          <>
            <CircleAlert size={12} aria-hidden /> {error}
          </>
        )}
        {odd && (
          <span className={styles.warning}>
            <TriangleAlert size={12} aria-hidden /> {seen ? 'Unlike what was seen so far' : 'Against the schema'}, and sent all the same: {odd.message} (line{' '}
            {odd.line})
          </span>
        )}
      </p>
    </div>
  );
}
