import { Plus, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useRef, useState, type ReactElement } from 'react';
import type { RpcNode, RpcRule } from '../../../../shared/contract/rpc-nodes.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { newId, useFirst } from '../../common/index.ts';
import { enableRule, moveRule, removeRule, saveRule } from './node-actions.ts';
import { nodesStore, useNodeState } from './nodes-model.ts';
import { newRule, ruleDraftOf } from './rule-draft.ts';
import { RuleForm } from './rule-form.tsx';
import { RuleLine } from './rule-line.tsx';
import { RuleTest } from './rule-test.tsx';
import styles from './rules.module.css';

/** Who may call what: an ordered list, of which the first rule that fits decides. */
export function RulesPanel({ node }: { readonly node: RpcNode }): ReactElement {
  const store = nodesStore();
  const draft = useNodeState(node.id, (state) => state.rule);
  const saving = useNodeState(node.id, (state) => state.saving);
  const [decided, setDecided] = useState<string | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const { rules } = node;
  const { shown, more } = useFirst(rules, 100);
  const edit = (rule: RpcRule | null): void => store.set(node.id, { rule: rule ? ruleDraftOf(rule) : newRule(newId()) });
  const move = async (rule: RpcRule, to: number): Promise<void> => {
    if (to < 0 || to >= rules.length || !(await moveRule(node.id, rule.id, to))) return;
    list.current?.querySelector<HTMLElement>(`[data-rule="${rule.id}"]`)?.focus();
  };
  const gone = draft !== null && !draft.isNew && !rules.some(({ id }) => id === draft.id);
  const form = draft && (
    <RuleForm
      draft={draft}
      busy={saving}
      onChange={(change) => store.set(node.id, { rule: { ...draft, ...change } })}
      onSubmit={() => void saveRule(node)}
      onCancel={() => store.set(node.id, { rule: null })}
    />
  );
  return (
    <div className={styles.panel}>
      <div className={styles.main}>
        <p className={styles.about}>
          Rules are asked before the method is looked up, from the top: <b>the first one that fits decides</b>, and without one the call is allowed. A denied
          caller gets exactly <code>Permission denied</code>. A script that throws denies.
        </p>
        <p className={styles.caution}>
          <TriangleAlert size={14} aria-hidden />
          <span>
            <b>The caller id is self-declared</b>: it stands in the request, and nobody checks it. Rules keep order among friends; against strangers, use the
            access control of the broker.
          </span>
        </p>
        {rules.length === 0 && !draft && (
          <EmptyState
            compact
            icon={<ShieldCheck size={22} aria-hidden />}
            title="No rules: every call is allowed"
            text="Add a rule to deny a caller, a method or a topic, or to ask a script."
          />
        )}
        {rules.length > 0 && (
          <ol ref={list} className={styles.rules} aria-label="Permission rules">
            {shown.map((rule, at) =>
              draft && !draft.isNew && draft.id === rule.id ? (
                <li key={rule.id} className={styles.editing}>
                  {form}
                </li>
              ) : (
                <RuleLine
                  key={rule.id}
                  rule={rule}
                  at={at}
                  count={rules.length}
                  decided={decided === rule.id}
                  dragged={dragged}
                  onDrag={setDragged}
                  onDrop={(id) => void moveRule(node.id, id, at)}
                  onMove={(to) => void move(rule, to)}
                  onEnable={(enabled) => enableRule(node.id, rule.id, enabled)}
                  onEdit={() => edit(rule)}
                  onRemove={() => void removeRule(node.id, rule, at)}
                />
              ),
            )}
          </ol>
        )}
        {more}
        {(draft?.isNew || gone) && (
          <div className={styles.editing}>
            {gone && <Banner inset kind="warn" title="This rule was deleted elsewhere. Saving adds it at the end." />}
            {form}
          </div>
        )}
        {!draft && (
          <div>
            <Button icon={<Plus size={14} aria-hidden />} disabled={rules.length >= 1000} onClick={() => edit(null)}>
              Add a rule
            </Button>
          </div>
        )}
      </div>
      <RuleTest node={node} onDecided={setDecided} />
    </div>
  );
}
