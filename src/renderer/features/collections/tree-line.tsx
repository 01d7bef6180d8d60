import { ArrowLeftRight, CircleAlert, Folder, LibraryBig } from 'lucide-react';
import { memo, useEffect, useRef, useState, type ReactElement } from 'react';
import type { CollectionEntry, RunResult } from '../../../shared/contract/collections.ts';
import { cx } from '../../ui/cx.ts';
import { renameEntry } from './collections-actions.ts';
import styles from './collections.module.css';

interface TreeLineProps {
  readonly entry: CollectionEntry;
  readonly renaming: boolean;
  readonly unsaved: boolean;
  /** How it ended when it was last run. */
  readonly last: RunResult['state'] | undefined;
  readonly onRenamed: () => void;
}

const icons = { collection: LibraryBig, folder: Folder, request: ArrowLeftRight } as const;

/** What stands in one line of the tree, behind its indent and arrow. */
export const TreeLine = memo(function TreeLine({ entry, renaming, unsaved, last, onRenamed }: TreeLineProps): ReactElement {
  const { name, kind, problem, request } = entry;
  const Icon = problem ? CircleAlert : icons[kind];
  return (
    <span className={styles.line} data-kind={kind}>
      <span className={cx(styles.lineIcon, problem && styles.bad)} aria-hidden>
        <Icon size={14} />
      </span>
      {renaming ? (
        <RenameField entry={entry} onDone={onRenamed} />
      ) : (
        <>
          <span className={styles.lineName} title={problem ? `${name}: ${problem.message}` : name}>
            {name}
          </span>
          {problem && <span className="visually-hidden"> cannot be used</span>}
          {unsaved && (
            <span className={styles.unsaved} title="Changes are not saved">
              <span aria-hidden>●</span>
              <span className="visually-hidden"> unsaved</span>
            </span>
          )}
          {request && request.method !== name && <span className={styles.lineAbout}>{request.method}</span>}
          {kind === 'collection' && entry.requests === 0 && <span className={styles.lineAbout}>empty</span>}
          {(last === 'passed' || last === 'failed') && (
            <span className={cx(styles.lineResult, styles[last])} title={last === 'passed' ? 'Passed when it ran last' : 'Failed when it ran last'}>
              <span aria-hidden>{last === 'passed' ? '✓' : '✕'}</span>
              <span className="visually-hidden"> {last}</span>
            </span>
          )}
        </>
      )}
    </span>
  );
});

/** The name, written over in place: Enter takes it, Escape leaves the old one. */
function RenameField({ entry, onDone }: { readonly entry: CollectionEntry; readonly onDone: () => void }): ReactElement {
  const [name, setName] = useState(entry.name);
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const end = (take: boolean): void => {
    if (ended.current) return;
    ended.current = true;
    onDone();
    if (take) void renameEntry(entry, name);
  };
  return (
    <input
      ref={input}
      className={styles.rename}
      aria-label={`Name of ${entry.name}`}
      maxLength={200}
      value={name}
      spellCheck={false}
      onChange={(event) => setName(event.target.value)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') end(true);
        else if (event.key === 'Escape') end(false);
      }}
    />
  );
}
