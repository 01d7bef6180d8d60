import { useMemo, useState, type ReactElement } from 'react';
import { VirtualTree } from '../../ui/virtual-tree.tsx';

interface Row {
  readonly key: string;
  readonly depth: number;
  readonly at: number;
}

const rootCount = 1000;
const childCount = 100;

/** A tree of a hundred thousand leaves, of which only what is on screen exists. */
export function GalleryTree(): ReactElement {
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set([0]));
  const [selected, setSelected] = useState<string | null>(null);
  const rows = useMemo(
    () =>
      Array.from({ length: rootCount }, (_, root): readonly Row[] => [
        { key: String(root), depth: 0, at: root },
        ...(open.has(root) ? Array.from({ length: childCount }, (_leaf, at): Row => ({ key: `${root}/${at}`, depth: 1, at })) : []),
      ]).flat(),
    [open],
  );
  return (
    <VirtualTree
      label="A tree"
      count={rows.length}
      getRow={(index) => rows[index]}
      describe={(row) => ({
        key: row.key,
        level: row.depth + 1,
        expanded: row.depth === 0 ? open.has(row.at) : undefined,
        positionInSet: row.at + 1,
        setSize: row.depth === 0 ? rootCount : childCount,
        label: row.key,
      })}
      renderRow={(row) => <span>{row.depth === 0 ? `Branch ${row.at + 1}` : `Leaf ${row.at + 1}`}</span>}
      selectedKey={selected}
      onSelect={(row) => setSelected(row.key)}
      onToggle={(row, expanded) => {
        const next = new Set(open);
        if (expanded) next.add(row.at);
        else next.delete(row.at);
        setOpen(next);
      }}
    />
  );
}
