import { FolderTree, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { CopyLine, useWorkspace } from '../common/index.ts';
import { createExample, newCollection } from './collections-actions.ts';
import styles from './collections.module.css';

/** The first visit: what this is for, and two ways to begin. */
export function CollectionsEmpty(): ReactElement {
  const folder = useWorkspace()?.folder;
  return (
    <EmptyState
      icon={<FolderTree size={28} aria-hidden />}
      title="No collections yet"
      text="Save calls with what they have to answer, and run them again and again: here, or without a window in CI. The example asks the demo device and explains itself."
      actions={
        <>
          <Button variant="primary" onClick={() => void createExample()}>
            Create the example
          </Button>
          <Button icon={<Plus size={15} aria-hidden />} onClick={() => void newCollection()}>
            New collection
          </Button>
        </>
      }
    >
      {folder !== undefined && (
        <div className={styles.emptyPath}>
          <p>Each request will be a file below this folder:</p>
          <CopyLine text={`${folder}/collections`} label="Copy the folder" />
        </div>
      )}
    </EmptyState>
  );
}
