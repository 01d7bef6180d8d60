import { CircleAlert } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import { CodeFrame } from '../../../editor/code-frame.tsx';
import { CodeView } from '../../../editor/code-view.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { hasBraces, usePlaceholders, type Variables } from '../../rpc/index.ts';
import { bodyForms, bodyWords, readBody, turnBody, type Body, type BodyForm } from './body-form.ts';
import styles from './request-builder.module.css';

interface BodyFieldProps {
  readonly draft: Body;
  readonly variables: Variables | null;
  readonly error: string | undefined;
  readonly onChange: (change: Body) => void;
}

const labels: Readonly<Record<BodyForm, string>> = {
  json: 'Body as JSON; empty stands for none',
  text: 'Body as text',
  number: 'Body as a number',
  array: 'Body as an array',
};

const examples: Readonly<Record<BodyForm, string>> = {
  json: 'no body – or JSON: 21.5, "text", [0, 1], { "a": 1 }',
  text: 'the empty text – or any text, without quotes',
  number: '21.5',
  array: 'no items – or some: 0, 1, "text", or one on each line',
};

/** The body in one of several forms, and what of it goes out. */
export function BodyField({ draft, variables, error, onChange }: BodyFieldProps): ReactElement {
  const errorId = useId();
  const placeholders = usePlaceholders();
  const { bodyAs, body } = draft;
  // Names of variables are completed in JSON.
  const language = bodyAs === 'json' || bodyAs === 'array' ? 'json' : 'plaintext';
  const read = readBody(draft, variables);
  const words = 'problem' in read || (variables === null && hasBraces(body)) ? '' : bodyWords(read.value);
  return (
    <div className={styles.body} role="group" aria-label="Body" aria-describedby={error === undefined ? undefined : errorId}>
      <div className={styles.bodyLine}>
        <span className={styles.label}>Body</span>
        <SegmentedControl size="small" label="Write the body as" value={bodyAs} onChange={(next) => onChange(turnBody(draft, next))} segments={bodyForms} />
        <span className={styles.note} title={words}>
          {words}
          {words !== '' && hasBraces(body) ? ', with the values of its variables now' : ''}
        </span>
      </div>
      <CodeFrame invalid={error !== undefined} placeholder={body === '' ? examples[bodyAs] : undefined}>
        <CodeView
          key={language}
          label={labels[bodyAs]}
          value={body}
          language={language}
          onChange={(next) => onChange({ bodyAs, body: next })}
          placeholders={placeholders}
          marks={bodyAs === 'json' && !hasBraces(body)}
        />
      </CodeFrame>
      <p id={errorId} className={styles.error} role="status">
        {error !== undefined && (
          <>
            <CircleAlert size={12} aria-hidden /> {error}
          </>
        )}
      </p>
    </div>
  );
}
