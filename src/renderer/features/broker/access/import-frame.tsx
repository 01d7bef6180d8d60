import type { ReactElement } from 'react';
import type { ImportFinding } from '../../../../shared/broker/access/import-findings.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { FileButton, formatBytes, formatCount, plural, useFirst } from '../../common/index.ts';
import styles from './access.module.css';

const maxBytes = 4 * 1024 * 1024;
/** Characters; a field with more of them takes the browser seconds to lay out. */
const mostShown = 100_000;

interface SourceProps {
  /** `a password file`. */
  readonly what: string;
  readonly label: string;
  readonly placeholder: string;
  readonly accept: string;
  readonly text: string;
  readonly onText: (text: string, fileName: string | null) => void;
}

/** The text of a file, chosen or pasted. */
export function ImportSource({ what, label, placeholder, accept, text, onText }: SourceProps): ReactElement {
  const take = (name: string, bytes: Uint8Array): void => {
    try {
      onText(new TextDecoder('utf-8', { fatal: true }).decode(bytes), name);
    } catch {
      toasts.show({ kind: 'warn', title: `“${name}” is no text`, detail: 'It holds bytes that are not UTF-8.' });
    }
  };
  return (
    <>
      <div>
        <FileButton what={what} accept={accept} maxBytes={maxBytes} onFile={take} />
      </div>
      {text.length > mostShown ? (
        <p className={styles.longText}>
          {plural(text.split('\n').length, 'line')}, {formatBytes(text.length)}: too long to be shown here.
          <Button size="small" onClick={() => onText('', null)}>
            Take another one
          </Button>
        </p>
      ) : (
        <TextArea label={label} value={text} onChange={(value) => onText(value, null)} rows={6} mono placeholder={placeholder} />
      )}
    </>
  );
}

/** What of a file cannot be carried over, line by line. */
export function ImportFindings({ findings }: { readonly findings: readonly ImportFinding[] }): ReactElement | null {
  const { shown, more } = useFirst(findings, 50);
  if (findings.length === 0) return null;
  return (
    <Banner inset kind="warn" title={`${plural(findings.length, 'line')} cannot be carried over, or not as ${findings.length === 1 ? 'it is' : 'they are'}`}>
      <ul className={styles.findings} aria-label="What cannot be carried over">
        {shown.map(({ line, message }) => (
          <li key={`${line} ${message}`}>
            <span className={styles.faint}>line {formatCount(line)}</span> {message}
          </li>
        ))}
      </ul>
      {more}
    </Banner>
  );
}
