import type { ReactElement } from 'react';
import type { ImportNote } from '../../../../shared/contract/broker-profile.ts';
import { Banner } from '../../../ui/banner.tsx';
import { plural, useFirst } from '../../common/index.ts';
import styles from './profiles.module.css';

/** What an import cannot carry over, and what it makes otherwise. */
export function ImportNotes({ notes }: { readonly notes: readonly ImportNote[] }): ReactElement {
  const lost = notes.filter(({ kind }) => kind === 'lost');
  const changed = notes.filter(({ kind }) => kind === 'changed');
  if (notes.length === 0) return <p className={styles.quiet}>Everything can be carried over.</p>;
  return (
    <>
      {lost.length > 0 && (
        <Banner inset kind="warn" title={`${plural(lost.length, 'entry', 'entries')} cannot be carried over`}>
          <NoteList notes={lost} label="Not carried over" />
        </Banner>
      )}
      {changed.length > 0 && (
        <Banner inset kind="info" title={`${plural(changed.length, 'entry', 'entries')} will be otherwise`}>
          <NoteList notes={changed} label="Otherwise" />
        </Banner>
      )}
    </>
  );
}

function NoteList({ notes, label }: { readonly notes: readonly ImportNote[]; readonly label: string }): ReactElement {
  const rows = useFirst(notes, 100);
  return (
    <ul className={styles.notes} aria-label={label}>
      {rows.shown.map(({ line, key, message }, at) => (
        // Several can be of one line, and none moves.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={at}>
          {line === null ? '' : `Line ${line}: `}
          {key === '' ? null : <code>{key}</code>} {message}
        </li>
      ))}
      {rows.more && <li>{rows.more}</li>}
    </ul>
  );
}
