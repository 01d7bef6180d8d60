import type { ReactElement } from 'react';
import type { CollectionEntry } from '../../../shared/contract/collections.ts';
import { Select } from '../../ui/select.tsx';
import { pathNames } from './collection-tree.ts';

interface PlaceSelectProps {
  readonly label: string;
  readonly entries: readonly CollectionEntry[];
  /** Collections and folders to choose from. */
  readonly places: readonly CollectionEntry[];
  readonly value: string;
  readonly onChange: (id: string) => void;
  /** A further choice before all others, with an empty value. */
  readonly first?: string;
}

/** More would fill the page with lines nobody scrolls through; the tree has a filter. */
const maxPlaces = 500;

/** A collection or folder, named with everything above it. */
export function PlaceSelect({ label, entries, places, value, onChange, first }: PlaceSelectProps): ReactElement {
  const chosen = places.find(({ id }) => id === value);
  const near = places.slice(0, maxPlaces);
  const listed = chosen && !near.includes(chosen) ? [chosen, ...near] : near;
  return (
    <Select
      label={label}
      value={value}
      onChange={onChange}
      hint={places.length > maxPlaces ? `The first ${maxPlaces} of ${places.length} are listed; select another one in the tree first.` : undefined}
      options={[
        ...(first === undefined ? [] : [{ value: '', label: first }]),
        ...listed.map(({ id }) => ({ value: id, label: pathNames(entries, id).join(' / ') })),
      ]}
    />
  );
}
