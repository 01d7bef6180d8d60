import { FileUp, Plus } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { mostRules } from '../../../../shared/broker/access/access-rules.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { VirtualList, type VirtualListHandle } from '../../../ui/virtual-list.tsx';
import { Card, formatCount } from '../../common/index.ts';
import { moveRule, putRule, removeRule, type AccessDraft, type DraftRule } from './access-draft.ts';
import styles from './access.module.css';
import { accessStore, undoToast, useAccessState } from './access-store.ts';
import { ImportRulesDialog } from './import-rules-dialog.tsx';
import { ruleDraftOf, ruleOf } from './rule-draft.ts';
import { RuleDialog } from './rule-dialog.tsx';
import { RuleRow } from './rule-row.tsx';

const rowHeightPx = 38;
/** A longer list scrolls for itself. */
const rowsShown = 12;
const otherwiseSegments = [
  { value: 'allow', label: 'Allowed' },
  { value: 'deny', label: 'Denied' },
] as const;

/** Who may publish and subscribe to what: an ordered list, of which the first rule that matches decides. */
export function RulesCard({ draft, users }: { readonly draft: AccessDraft; readonly users: readonly string[] }): ReactElement {
  const store = accessStore();
  const opened = useAccessState((state) => state.opened);
  const [importing, setImporting] = useState(false);
  const [dragged, setDragged] = useState<string | null>(null);
  const list = useRef<VirtualListHandle>(null);
  const { rules } = draft;
  /** The focus goes with what is moved by keys, once it is in its new place. */
  const moved = useRef<string | null>(null);
  useEffect(() => {
    const at = rules.findIndex(({ id }) => id === moved.current);
    moved.current = null;
    if (at >= 0) list.current?.focus(at);
  }, [rules]);
  const isFull = rules.length >= mostRules;
  const edit = ({ id, rule }: DraftRule): void => store.open({ id, draft: ruleDraftOf(rule), isNew: false });
  const move = (id: string, to: number): void => store.edit((now) => moveRule(now, id, to));
  const remove = (entry: DraftRule, at: number): void => {
    store.edit((now) => removeRule(now, entry.id));
    toasts.show({
      id: undoToast,
      title: `Rule ${at + 1} deleted`,
      action: { label: 'Undo', run: () => store.edit((now) => putRule(now, entry, Math.min(at, now.rules.length))) },
    });
  };
  const put = (): void => {
    if (opened === null) return;
    store.edit((now) => putRule(now, { id: opened.id, rule: ruleOf(opened.draft) }, opened.at));
    store.open(null);
  };
  const onKey = (event: KeyboardEvent, entry: DraftRule, at: number): void => {
    const moves = event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown');
    if (moves) {
      const to = at + (event.key === 'ArrowUp' ? -1 : 1);
      if (to < 0 || to >= rules.length) return;
      moved.current = entry.id;
      move(entry.id, to);
    } else if (event.key === 'Delete') remove(entry, at);
    else return;
    event.preventDefault();
  };
  const place = opened === null ? 0 : opened.isNew ? (opened.at ?? rules.length) : rules.findIndex(({ id }) => id === opened.id);
  return (
    <Card
      title="Rules"
      titleAside={rules.length > 0 && <Badge>{formatCount(rules.length)}</Badge>}
      flush
      actions={
        <>
          <Button size="small" icon={<FileUp size={14} aria-hidden />} onClick={() => setImporting(true)}>
            Import an ACL file
          </Button>
          <Button size="small" icon={<Plus size={14} aria-hidden />} disabled={isFull} onClick={() => store.openNew()}>
            Add rule
          </Button>
        </>
      }
    >
      <div className={styles.rulesHead}>
        <p className={styles.quiet}>
          The first rule that matches decides.
          {rules.length > 0 && ' Alt+↑ and Alt+↓ move a rule, Enter edits it, Delete removes it.'}
          {isFull && ` There can be no more than ${formatCount(mostRules)}.`}
        </p>
      </div>
      <div className={styles.list} style={{ height: Math.min(rules.length, rowsShown) * rowHeightPx }}>
        <VirtualList<DraftRule>
          ref={list}
          label="Rules"
          count={rules.length}
          rowHeightPx={rowHeightPx}
          getRow={(index) => rules[index]}
          keyOf={({ id }) => id}
          onActivate={edit}
          onRowKeyDown={onKey}
          renderRow={(entry, { index }) => (
            <RuleRow
              entry={entry}
              at={index}
              count={rules.length}
              dragged={dragged}
              onDrag={setDragged}
              onDrop={(id) => move(id, index)}
              onMove={(to) => move(entry.id, to)}
              onEdit={() => edit(entry)}
              onRemove={() => remove(entry, index)}
            />
          )}
        />
      </div>
      {rules.length === 0 && (
        <EmptyState
          compact
          title="No rules"
          text="Add one to allow or deny topics to a user, a client or everybody, or import the ACL file of another broker."
        />
      )}
      <div className={styles.otherwise}>
        <span>What no rule matches is</span>
        <SegmentedControl
          label="What no rule matches"
          value={draft.otherwise}
          onChange={(otherwise) => store.edit((now) => ({ ...now, otherwise }))}
          segments={otherwiseSegments}
        />
      </div>
      <RuleDialog
        opened={opened}
        place={place + 1}
        users={users}
        onChange={(change) => opened && store.open({ ...opened, draft: change })}
        onSubmit={put}
        onClose={() => store.open(null)}
      />
      <ImportRulesDialog open={importing} onClose={() => setImporting(false)} />
    </Card>
  );
}
