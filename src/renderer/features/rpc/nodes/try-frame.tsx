import { FlaskConical } from 'lucide-react';
import { useId, type ReactElement, type ReactNode } from 'react';
import type { RpcNodeLogLine } from '../../../../shared/contract/rpc-nodes.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import type { AttemptOutcome } from '../../common/index.ts';
import { formatMs } from '../rpc-words.ts';
import styles from './methods.module.css';

interface TryFrameProps {
  /** What is given: `Params`, `Body`. */
  readonly given: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly problem: string | undefined;
  /** Between the label and the button. */
  readonly fields: ReactNode;
  readonly tooltip: string;
  readonly busy: boolean;
  readonly onRun: () => void;
  readonly onCancel: () => void;
  /** What came of it. */
  readonly children: ReactNode;
}

/** A try without MQTT: what is given at the left, what comes of it at the right. */
export function TryFrame({ given, text, onText, problem, fields, tooltip, busy, onRun, onCancel, children }: TryFrameProps): ReactElement {
  const errorId = useId();
  const label = `${given} to try`;
  return (
    <section className={styles.try} aria-label="Try it">
      <div className={styles.trySide}>
        <div className={styles.tryHead}>
          <span className={styles.label}>{given}</span>
          {fields}
          {busy ? (
            <Button size="small" onClick={onCancel}>
              Cancel
            </Button>
          ) : (
            <Tooltip text={tooltip} shortcut="Mod+Shift+Enter">
              <Button size="small" icon={<FlaskConical size={13} aria-hidden />} disabled={problem !== undefined} onClick={onRun}>
                Try it
              </Button>
            </Tooltip>
          )}
        </div>
        <div className={styles.code} data-invalid={problem === undefined ? undefined : true} role="group" aria-label={label} aria-describedby={errorId}>
          <CodeView label={`${label}; empty stands for none`} value={text} language="json" onChange={onText} gutter={false} />
        </div>
        <p id={errorId} className={styles.error} role="status">
          {problem}
        </p>
      </div>
      <div className={styles.trySide} aria-live="polite">
        {children}
      </div>
    </section>
  );
}

interface TriedProps<T> {
  readonly outcome: AttemptOutcome<T> | null;
  readonly busy: boolean;
  /** Before the first try. */
  readonly note: string;
  readonly show: (value: T) => ReactElement;
}

/** What came of a try, or why nothing did. */
export function Tried<T>({ outcome, busy, note, show }: TriedProps<T>): ReactElement {
  if (busy) return <p className={styles.tryNote}>Working it out …</p>;
  if (!outcome) return <p className={styles.tryNote}>{note}</p>;
  if ('value' in outcome) return show(outcome.value);
  return (
    <Banner inset kind="bad" title={outcome.problem}>
      {outcome.advice}
    </Banner>
  );
}

interface TriedValueProps {
  /** Before the time: what it is. */
  readonly title: ReactNode;
  readonly elapsedMs: number;
  /** JSON, or the text of an error. */
  readonly value: { readonly json: string } | { readonly error: string };
  readonly place: { readonly line: number; readonly column: number | null } | null | undefined;
  readonly console: readonly Pick<RpcNodeLogLine, 'level' | 'text'>[];
  /** Between the value and the console. */
  readonly children?: ReactNode;
}

/** A value that was worked out, or an error with its place, and what was printed. */
export function TriedValue({ title, elapsedMs, value, place, console, children }: TriedValueProps): ReactElement {
  return (
    <>
      <div className={styles.tryHead}>
        {title}
        {place && <Badge tone="bad">{placeWords(place)}</Badge>}
        <span className={styles.note}>{formatMs(elapsedMs)}</span>
      </div>
      {'error' in value ? (
        <pre className={styles.tryError} data-selectable tabIndex={0} aria-label="Error of the try">
          {value.error}
        </pre>
      ) : (
        <div className={styles.code}>
          <CodeView label="Result of the try" value={value.json} language="json" gutter={false} />
        </div>
      )}
      {children}
      {console.length > 0 && (
        <ul className={styles.console} aria-label="Console" tabIndex={0}>
          {console.map((line, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- lines of one run, which never change
            <li key={at} data-level={line.level}>
              {line.text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const placeWords = ({ line, column }: { readonly line: number; readonly column: number | null }): string =>
  column === null ? `line ${line}` : `line ${line}, column ${column}`;
