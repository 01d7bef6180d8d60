import { useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { nodeScriptTypes } from '../../../../shared/scripts/script-types.ts';
import { ScriptEditor } from '../../../editor/script-editor.tsx';
import { Button } from '../../../ui/button.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { checkRule, type RuleDraft } from './rule-draft.ts';
import styles from './rules.module.css';

const effects = [
  { value: 'allow', label: 'Allow' },
  { value: 'deny', label: 'Deny' },
  { value: 'script', label: 'Ask a script' },
] as const;

interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly busy: boolean;
  readonly onChange: (change: Partial<RuleDraft>) => void;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
}

/** One rule, to be made or changed, in its place in the list. */
export function RuleForm({ draft, busy, onChange, onSubmit, onCancel }: RuleFormProps): ReactElement {
  const problems = checkRule(draft);
  const form = useRef<HTMLFormElement>(null);
  // Opened at the end of a long list, it would be out of sight.
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    form.current?.scrollIntoView({ block: 'nearest' });
  }, [draft.effect]);
  const onKeyDown = (event: KeyboardEvent): void => {
    // The editor closes its own popups with it.
    if (event.key === 'Escape' && event.target instanceof HTMLInputElement) onCancel();
  };
  return (
    <form
      ref={form}
      className={styles.form}
      aria-label="Permission rule"
      noValidate
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className={styles.patterns}>
        <TextField
          label="Caller id"
          mono
          value={draft.caller}
          onChange={(caller) => onChange({ caller })}
          error={problems.caller}
          placeholder="any"
          hint="* stands for any characters"
          autoFocus
        />
        <TextField
          label="Method"
          mono
          value={draft.method}
          onChange={(method) => onChange({ method })}
          error={problems.method}
          placeholder="any"
          hint="such as set_*"
        />
        <TextField
          label="Topic of the request"
          mono
          value={draft.topic}
          onChange={(topic) => onChange({ topic })}
          error={problems.topic}
          placeholder="any"
          hint="* also stands for /"
        />
      </div>
      <div className={styles.effectLine}>
        <span className={styles.label}>Then</span>
        <SegmentedControl label="What the rule does" value={draft.effect} onChange={(effect) => onChange({ effect })} segments={effects} />
        <span className={styles.formButtons}>
          <Button variant="ghost" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={Object.keys(problems).length > 0}>
            {draft.isNew ? 'Add rule' : 'Save rule'}
          </Button>
        </span>
      </div>
      {draft.effect === 'script' && (
        <div className={styles.script}>
          <ScriptEditor
            label="Script that answers true or false"
            value={draft.script}
            onChange={(script) => onChange({ script })}
            types={nodeScriptTypes}
            className={styles.inFrame}
          />
        </div>
      )}
      {problems.script !== undefined && <p className={styles.problem}>{problems.script}</p>}
    </form>
  );
}
