import { useEffect, useRef, type ReactElement } from 'react';
import type { Violation } from '../../../../shared/mqtt/dissect/index.ts';
import type { VirtualListHandle } from '../../../ui/virtual-list.tsx';
import { VirtualTree } from '../../../ui/virtual-tree.tsx';
import { bitsText, rangeText, type FieldRow } from './field-rows.ts';
import styles from './packets.module.css';

interface FieldTreeProps {
  readonly rows: readonly FieldRow[];
  readonly bytes: Uint8Array;
  readonly selected: string | null;
  readonly hovered: string | null;
  readonly showSecrets: boolean;
  readonly violations: readonly Violation[];
  readonly onSelect: (key: string) => void;
  readonly onHover: (key: string | null) => void;
  readonly onToggle: (key: string, expanded: boolean) => void;
}

/** What each byte means. */
export function FieldTree({ rows, bytes, selected, hovered, showSecrets, violations, onSelect, onHover, onToggle }: FieldTreeProps): ReactElement {
  const handle = useRef<VirtualListHandle>(null);
  const at = rows.findIndex(({ key }) => key === selected);
  useEffect(() => {
    if (at >= 0) handle.current?.scrollTo(at);
  }, [at]);
  return (
    <div className={styles.tree} onMouseLeave={() => onHover(null)}>
      <VirtualTree<FieldRow>
        ref={handle}
        label="Fields"
        count={rows.length}
        getRow={(index) => rows[index]}
        describe={({ key, level, expanded, position, siblings, field }) => ({
          key,
          level,
          expanded,
          positionInSet: position,
          setSize: siblings,
          label: field.name,
        })}
        selectedKey={selected}
        onSelect={({ key }) => onSelect(key)}
        onToggle={({ key }, expanded) => onToggle(key, expanded)}
        rowHeightPx={22}
        renderRow={({ key, field }) => {
          const value = field.secret === true && !showSecrets ? 'hidden' : field.text;
          const isWrong =
            field.children === undefined &&
            violations.some(({ start, end }) => start < field.end && end > field.start && end - start <= field.end - field.start);
          return (
            <span className={styles.field} data-hovered={key === hovered || undefined} onMouseEnter={() => onHover(key)}>
              <span className={styles.fieldName}>{field.name}</span>
              {field.bits && <code className={styles.bits}>{bitsText(field, bytes)}</code>}
              <span
                className={styles.fieldValue}
                data-wrong={isWrong || undefined}
                data-secret={(field.secret === true && !showSecrets) || undefined}
                title={value}
              >
                {value}
                {field.meaning !== undefined && <span className={styles.meaning}> {field.meaning}</span>}
              </span>
              <span className={styles.range}>{rangeText(field)}</span>
            </span>
          );
        }}
      />
    </div>
  );
}
