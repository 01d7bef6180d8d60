import { ListFilter } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import { TextField } from '../../ui/text-field.tsx';
import treePlace from './tree-place.module.css';

interface TreeFilterProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (filter: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

/** The filter above a tree. */
export function TreeFilter(props: TreeFilterProps): ReactElement {
  return (
    <TextField
      {...props}
      className={treePlace['filter']}
      labelHidden
      type="search"
      size="small"
      icon={<ListFilter size={14} aria-hidden />}
      clearable
      maxLength={1000}
    />
  );
}
