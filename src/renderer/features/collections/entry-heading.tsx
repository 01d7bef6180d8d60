import type { ReactElement, ReactNode } from 'react';
import type { CollectionEntry } from '../../../shared/contract/collections.ts';
import { CopyButton, useWorkspace } from '../common/index.ts';
import styles from './request.module.css';

/** Name and file of what is shown. */
export function EntryHeading({ entry, badge }: { readonly entry: CollectionEntry; readonly badge: ReactNode }): ReactElement {
  const folder = useWorkspace()?.folder ?? '';
  const file = `collections/${entry.id}`;
  return (
    <div className={styles.heading}>
      <div className={styles.nameLine}>
        <h2 className={styles.name} title={entry.name}>
          {entry.name}
        </h2>
        {badge}
      </div>
      <div className={styles.path}>
        <code title={`${folder}/${file}`} data-selectable>
          {file}
        </code>
        <CopyButton text={`${folder}/${file}`} label="Copy the path of the file" />
      </div>
    </div>
  );
}
