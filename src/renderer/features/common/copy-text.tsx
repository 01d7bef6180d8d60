import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { showError } from '../../app/show-error.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import styles from './copy-text.module.css';

/** Puts text on the clipboard, also where the page is served without TLS and browsers hide the clipboard from it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
    if (copyBySelection(text)) return true;
    throw new Error('This browser does not let the page use the clipboard.');
  } catch (error) {
    showError(error, 'Nothing was copied');
    return false;
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  // The only way without a secure context; it stays in browsers for that reason.
  const done = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

export function CopyButton({ text, label }: { readonly text: string | (() => string); readonly label: string }): ReactElement {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <IconButton
        size="small"
        label={label}
        icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        onClick={() => void copyText(typeof text === 'string' ? text : text()).then(setCopied)}
      />
      <span role="status" className="visually-hidden">
        {copied ? 'Copied' : ''}
      </span>
    </>
  );
}

/** A line to take along: an address, a command. */
export function CopyLine({ text, label }: { readonly text: string; readonly label: string }): ReactElement {
  return (
    <span className={styles.line}>
      <code className={styles.text} data-selectable tabIndex={0}>
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </span>
  );
}
