import { ArrowDown, ArrowUp, GripVertical, Pencil, Trash2 } from 'lucide-react';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import type { RpcRule } from '../../../../shared/contract/rpc-nodes.ts';
import { Badge } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { effectWords, ruleParts } from './rule-draft.ts';
import styles from './rules.module.css';

interface RuleLineProps {
  readonly rule: RpcRule;
  readonly at: number;
  readonly count: number;
  /** The test box says so. */
  readonly decided: boolean;
  /** The rule that is being dragged. */
  readonly dragged: string | null;
  readonly onDrag: (id: string | null) => void;
  readonly onDrop: (id: string) => void;
  readonly onMove: (to: number) => void;
  readonly onEnable: (enabled: boolean) => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

/** One rule in words. With the focus on it, Alt and an arrow key moves it, Enter edits and Delete removes it. */
export function RuleLine({ rule, at, count, decided, dragged, onDrag, onDrop, onMove, onEnable, onEdit, onRemove }: RuleLineProps): ReactElement {
  const [over, setOver] = useState(false);
  const { label, tone } = effectWords(rule.effect);
  const parts = ruleParts(rule);
  const name = `rule ${at + 1}`;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const moves = event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown');
    if (moves) onMove(at + (event.key === 'ArrowUp' ? -1 : 1));
    else if (event.key === 'Enter') onEdit();
    else if (event.key === 'Delete') onRemove();
    else return;
    event.preventDefault();
  };
  return (
    <li
      className={styles.rule}
      data-rule={rule.id}
      data-off={!rule.enabled || undefined}
      data-decided={decided || undefined}
      data-over={(over && dragged !== null && dragged !== rule.id) || undefined}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it takes keys
      tabIndex={0}
      aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Enter Delete"
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (dragged === null) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (dragged !== null && dragged !== rule.id) onDrop(dragged);
        onDrag(null);
      }}
    >
      <span
        className={styles.grip}
        draggable
        title="Drag to another place"
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('text/plain', name);
          onDrag(rule.id);
        }}
        onDragEnd={() => onDrag(null)}
      >
        <GripVertical size={14} aria-hidden />
      </span>
      <span className={styles.place}>{at + 1}</span>
      <Switch label={<span className="visually-hidden">Use {name}</span>} checked={rule.enabled} onChange={onEnable} />
      <span className={styles.effect}>
        <Badge tone={rule.enabled ? tone : 'neutral'}>{label}</Badge>
      </span>
      <span className={styles.words}>
        {parts.length === 0
          ? 'every call'
          : parts.map(({ what, pattern }) => (
              <span key={what} className={styles.part}>
                {what} <code data-selectable>{pattern}</code>
              </span>
            ))}
        {decided && <Badge tone="info">decides</Badge>}
      </span>
      <span className={styles.ruleButtons}>
        <IconButton
          size="small"
          label={`Move ${name} up`}
          shortcut="Alt+ArrowUp"
          icon={<ArrowUp size={14} aria-hidden />}
          disabled={at === 0}
          onClick={() => onMove(at - 1)}
        />
        <IconButton
          size="small"
          label={`Move ${name} down`}
          shortcut="Alt+ArrowDown"
          icon={<ArrowDown size={14} aria-hidden />}
          disabled={at === count - 1}
          onClick={() => onMove(at + 1)}
        />
        <IconButton size="small" label={`Edit ${name}`} icon={<Pencil size={14} aria-hidden />} onClick={onEdit} />
        <IconButton size="small" label={`Delete ${name}`} icon={<Trash2 size={14} aria-hidden />} onClick={onRemove} />
      </span>
    </li>
  );
}
