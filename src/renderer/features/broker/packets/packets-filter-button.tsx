import { ListFilter } from 'lucide-react';
import type { ReactElement } from 'react';
import { packetName } from '../../../../shared/mqtt/packet/packet-type.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Popover } from '../../../ui/popover.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { changeFilter, furtherConditions, topicProblem, usePackets, type PacketsFilter } from './packets-store.ts';
import styles from './packets.module.css';

const directions = [
  { value: 'both', label: 'Both' },
  { value: 'in', label: 'To the broker' },
  { value: 'out', label: 'From the broker' },
] as const satisfies readonly { readonly value: PacketsFilter['direction']; readonly label: string }[];

/** Types side by side as they belong together; 0 are the ends of connections. */
const groups: readonly (readonly number[])[] = [
  [1, 2, 14, 15],
  [3, 4, 5, 6, 7],
  [8, 9, 10, 11],
  [12, 13, 0],
];

/** The conditions that are used less often. */
export function PacketsFilterButton(): ReactElement {
  const filter = usePackets((state) => state.filter);
  const { types, direction, topic, packetId } = filter;
  const set = furtherConditions(filter);
  const wrong = topicProblem(filter);
  return (
    <Popover
      align="end"
      title="Filter the packets"
      trigger={
        <Button size="small" icon={<ListFilter size={13} aria-hidden />}>
          <span className="visually-hidden">{set === 0 ? 'More filters' : `More filters, ${set} set`}</span>
          <span aria-hidden>{set === 0 ? 'Filter' : `Filter (${set})`}</span>
        </Button>
      }
    >
      <div className={styles.filters}>
        <SegmentedControl label="Direction" size="small" value={direction} onChange={(next) => changeFilter({ direction: next })} segments={directions} />
        <fieldset className={styles.types}>
          <legend className="visually-hidden">Types of packets</legend>
          {groups.map((group) => (
            <div key={group[0]} className={styles.typeGroup}>
              {group.map((type) => (
                <Checkbox
                  key={type}
                  label={type === 0 ? 'End of connection' : packetName(type)}
                  checked={types.includes(type)}
                  onChange={(on) => changeFilter({ types: on ? [...types, type] : types.filter((one) => one !== type) })}
                />
              ))}
            </div>
          ))}
        </fieldset>
        <div className={styles.pair}>
          <TextField
            label="Topic filter"
            size="small"
            mono
            clearable
            maxLength={65_535}
            placeholder="sensors/#"
            value={topic}
            {...(wrong === undefined ? {} : { error: wrong })}
            onChange={(next) => changeFilter({ topic: next })}
          />
          <NumberField
            label="Packet identifier"
            size="small"
            min={1}
            max={65_535}
            placeholder="any"
            value={packetId}
            onChange={(next) => changeFilter({ packetId: next })}
          />
        </div>
        <div className={styles.formEnd}>
          <Button size="small" disabled={set === 0} onClick={() => changeFilter({ types: [], direction: 'both', topic: '', packetId: null })}>
            Reset
          </Button>
        </div>
      </div>
    </Popover>
  );
}
