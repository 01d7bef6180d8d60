import { CircleCheck, CircleX } from 'lucide-react';
import type { ReactElement } from 'react';
import type { AssertionResult } from '../../../shared/contract/collections.ts';
import { lineDiff } from './line-diff.ts';
import styles from './checks.module.css';

/** One check: whether it passed, and if not, what was expected and what came. */
export function CheckLine({ check }: { readonly check: AssertionResult }): ReactElement {
  const { kind, label, passed } = check;
  const Icon = passed ? CircleCheck : CircleX;
  return (
    <li className={styles.check} data-passed={passed}>
      <Icon size={15} aria-label={passed ? 'passed' : 'failed'} />
      <div className={styles.checkMain}>
        <span className={styles.checkLabel} data-selectable>
          {label}
          {(kind === 'script' || kind === 'capture') && <span className={styles.origin}>{kind}</span>}
        </span>
        {!passed && <Difference check={check} />}
      </div>
    </li>
  );
}

/** Why a check failed: the sentence, and both values, line by line where they are long. */
export function Difference({ check }: { readonly check: AssertionResult }): ReactElement {
  const { message, expected, actual } = check;
  const [before, after] = [readable(expected), readable(actual)];
  const long = before.includes('\n') && after.includes('\n');
  return (
    <>
      {message !== '' && (
        <p className={styles.message} data-selectable>
          {message}
        </p>
      )}
      {long ? (
        <pre className={styles.diff} data-selectable tabIndex={0} role="group" aria-label="Expected and actual, line by line">
          {lineDiff(before, after).map((line, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- lines repeat, and the list never changes
            <span key={at} className={styles.diffLine} data-kind={line.kind}>
              <span className={styles.sign} aria-label={line.kind === 'expected' ? 'expected' : line.kind === 'actual' ? 'actual' : undefined}>
                {line.kind === 'expected' ? '−' : line.kind === 'actual' ? '+' : line.kind === 'skipped' ? '…' : ' '}
              </span>
              {line.text === '' ? ' ' : line.text}
            </span>
          ))}
        </pre>
      ) : (
        (expected !== '' || actual !== '') && (
          <dl className={styles.values}>
            <Value name="Expected" text={before} />
            <Value name="Actual" text={after} />
          </dl>
        )
      )}
    </>
  );
}

function Value({ name, text }: { readonly name: string; readonly text: string }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-selectable>{text === '' ? <i>nothing</i> : text}</dd>
    </div>
  );
}

/** JSON of more than a few words is laid out; what was cut, or is no JSON, stays as it is. */
function readable(text: string): string {
  if (text.length < 60 || !/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
