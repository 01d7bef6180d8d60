import { ListFilter } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { Popover } from '../../ui/popover.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { filterProblem, furtherFilters, noFilter, type CallsFilter } from './calls-filter.ts';
import styles from './calls.module.css';

const whoOptions = [
  { value: 'all', label: 'Anybody' },
  { value: 'own', label: 'Made here' },
  { value: 'others', label: 'By others' },
] as const satisfies readonly { readonly value: CallsFilter['who']; readonly label: string }[];

interface CallsFilterButtonProps {
  readonly filter: CallsFilter;
  readonly onChange: (change: Partial<CallsFilter>) => void;
}

/** The filters that are used less often. */
export function CallsFilterButton({ filter, onChange }: CallsFilterButtonProps): ReactElement {
  const { who, topic, method, from, to, slowerThanMs, inPayloads } = filter;
  const set = furtherFilters(filter);
  const wrongTo = filterProblem(filter);
  return (
    <Popover
      align="end"
      title="Filter the calls"
      trigger={
        <Button size="small" icon={<ListFilter size={13} aria-hidden />}>
          <span className="visually-hidden">{set === 0 ? 'More filters' : `More filters, ${set} set`}</span>
          <span aria-hidden>{set === 0 ? 'Filter' : `Filter (${set})`}</span>
        </Button>
      }
    >
      <div className={styles.filters}>
        <SegmentedControl label="Who made the calls" size="small" value={who} onChange={(next) => onChange({ who: next })} segments={whoOptions} />
        <TextField label="Method" size="small" mono clearable maxLength={1000} value={method} onChange={(next) => onChange({ method: next })} />
        <TextField label="Topic of the service" size="small" mono clearable maxLength={65_535} value={topic} onChange={(next) => onChange({ topic: next })} />
        <div className={styles.pair}>
          <TextField label="From" type="datetime-local" size="small" value={from} onChange={(next) => onChange({ from: next })} />
          <TextField
            label="To"
            type="datetime-local"
            size="small"
            value={to}
            {...(wrongTo === undefined ? {} : { error: wrongTo })}
            onChange={(next) => onChange({ to: next })}
          />
        </div>
        <NumberField
          label="Answered after more than"
          size="small"
          unit="ms"
          min={0}
          max={86_400_000}
          placeholder="any time"
          value={slowerThanMs}
          onChange={(next) => onChange({ slowerThanMs: next })}
        />
        <Checkbox
          label="Look for the text in params and results, too"
          hint="Every call has to be read for that, which takes longer."
          checked={inPayloads}
          onChange={(next) => onChange({ inPayloads: next })}
        />
        <div className={styles.filterEnd}>
          <Button size="small" disabled={set === 0} onClick={() => onChange({ ...noFilter, text: filter.text, choice: filter.choice })}>
            Reset
          </Button>
        </div>
      </div>
    </Popover>
  );
}
