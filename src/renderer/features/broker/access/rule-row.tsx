import { ArrowDown, ArrowUp, GripVertical, Pencil, Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import { Badge } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import type { DraftRule } from './access-draft.ts';
import styles from './access.module.css';
import { actionWords } from './rule-draft.ts';

interface RuleRowProps {
  readonly entry: DraftRule;
  readonly at: number;
  readonly count: number;
  /** The rule that is being dragged. */
  readonly dragged: string | null;
  readonly onDrag: (id: string | null) => void;
  readonly onDrop: (id: string) => void;
  readonly onMove: (to: number) => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

/** One rule in words, a row of the list. */
export function RuleRow({ entry, at, count, dragged, onDrag, onDrop, onMove, onEdit, onRemove }: RuleRowProps): ReactElement {
  const [over, setOver] = useState(false);
  const { id, rule } = entry;
  const name = `rule ${at + 1}`;
  return (
    <div
      className={styles.rule}
      data-last={at === count - 1 || undefined}
      data-over={(over && dragged !== null && dragged !== id) || undefined}
      onDragOver={(event) => {
        if (dragged === null) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (dragged !== null && dragged !== id) onDrop(dragged);
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
          onDrag(id);
        }}
        onDragEnd={() => onDrag(null)}
      >
        <GripVertical size={14} aria-hidden />
      </span>
      <span className={styles.place}>{at + 1}</span>
      <RuleWords rule={rule} />
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
    </div>
  );
}

/** `Allow user alice to publish to home/#`, in columns. */
export function RuleWords({ rule }: { readonly rule: AccessRule }): ReactElement {
  const { effect, user, clientId, action, filter } = rule;
  const text = [user === undefined ? '' : user === '' ? 'clients without a user name' : `user ${user}`, clientId === undefined ? '' : `client ${clientId}`]
    .filter((part) => part !== '')
    .join(', ');
  return (
    <>
      <span className={styles.effect}>
        <Badge tone={effect === 'allow' ? 'ok' : 'bad'}>{effect === 'allow' ? 'allow' : 'deny'}</Badge>
      </span>
      <span className={styles.subject} title={text === '' ? undefined : text}>
        {user === undefined && clientId === undefined && 'everybody'}
        {user === '' && 'without user name'}
        {user !== undefined && user !== '' && (
          <>
            <span className={styles.faint}>user</span> {user}
          </>
        )}
        {clientId !== undefined && (
          <>
            {user !== undefined && ', '}
            <span className={styles.faint}>client</span> {clientId}
          </>
        )}
      </span>
      <span className={styles.action}>{actionWords[action]}</span>
      <code className={styles.filter} title={filter}>
        {filter}
      </code>
    </>
  );
}
