import { useId, useMemo, useRef, useState, type ReactElement } from 'react';
import { useStreamValue } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import styles from './access.module.css';
import type { OpenedRule } from './access-store.ts';
import { checkRule, subjectWords, type RuleDraft, type RuleSubject } from './rule-draft.ts';

const subjects = (Object.keys(subjectWords) as RuleSubject[]).map((value) => ({ value, label: subjectWords[value] }));
const effects = [
  { value: 'allow', label: 'Allow' },
  { value: 'deny', label: 'Deny' },
] as const;
const actions = [
  { value: 'both', label: 'Publish and subscribe' },
  { value: 'publish', label: 'Publish' },
  { value: 'subscribe', label: 'Subscribe' },
] as const;
/** Suggestions for a field; more would be no help. */
const mostNames = 100;

interface RuleDialogProps {
  /** `null`: closed. */
  readonly opened: OpenedRule | null;
  /** Which number it has, or will have. */
  readonly place: number;
  readonly users: readonly string[];
  readonly onChange: (draft: RuleDraft) => void;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
}

/** One rule, to be made or changed; it is in use when the access is saved. */
export function RuleDialog({ opened, place, users, onChange, onSubmit, onClose }: RuleDialogProps): ReactElement {
  const form = useId();
  const filter = useRef<HTMLInputElement>(null);
  /** The rule that was last tried to put into the list: what is wrong is said from then on. */
  const [tried, setTried] = useState<string | null>(null);
  // While the dialog fades, its form stays.
  const [shown, setShown] = useState(opened);
  if (opened !== null && opened !== shown) setShown(opened);
  const problems = opened === null ? {} : checkRule(opened.draft);
  const close = (): void => {
    setTried(null);
    onClose();
  };
  const submit = (): void => {
    if (opened === null) return;
    setTried(opened.id);
    if (Object.keys(problems).length > 0) return;
    setTried(null);
    onSubmit();
  };
  return (
    <Dialog
      open={opened !== null}
      onOpenChange={(open) => !open && close()}
      title={shown?.isNew === true ? 'Add a rule' : `Edit rule ${place}`}
      initialFocus={filter}
      persistent
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={form} variant="primary">
            {shown?.isNew === true ? 'Add rule' : 'Change rule'}
          </Button>
        </>
      }
    >
      {shown && (
        <form
          id={form}
          className={styles.form}
          aria-label="Rule"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Fields
            draft={shown.draft}
            problems={tried === shown.id || shown.draft.filter !== '' ? onlyTouched(problems, tried === shown.id) : {}}
            users={users}
            filterRef={filter}
            onChange={(change) => onChange({ ...shown.draft, ...change })}
          />
          <p className={styles.quiet}>It is number {place}. Of all rules that concern a client and a topic, the first one decides.</p>
        </form>
      )}
    </Dialog>
  );
}

/** A filter that is typed is checked at once; what is still empty only when the rule is to be added. */
function onlyTouched(problems: ReturnType<typeof checkRule>, all: boolean): ReturnType<typeof checkRule> {
  return all || problems.filter === undefined ? (all ? problems : {}) : { filter: problems.filter };
}

interface FieldsProps {
  readonly draft: RuleDraft;
  readonly problems: ReturnType<typeof checkRule>;
  readonly users: readonly string[];
  readonly filterRef: React.Ref<HTMLInputElement>;
  readonly onChange: (change: Partial<RuleDraft>) => void;
}

function Fields({ draft, problems, users, filterRef, onChange }: FieldsProps): ReactElement {
  const id = useId();
  const clients = useStreamValue('broker.clients', undefined);
  const userNames = useMemo(() => {
    const connected = (clients ?? []).flatMap(({ username }) => (username === null || username === '' ? [] : [username]));
    return [...new Set([...users.slice(0, mostNames), ...connected])].slice(0, mostNames);
  }, [clients, users]);
  const clientIds = useMemo(() => (clients ?? []).slice(0, mostNames).map(({ clientId }) => clientId), [clients]);
  const { subject } = draft;
  return (
    <>
      <div className={styles.choices}>
        <SegmentedControl label="Effect" value={draft.effect} onChange={(effect) => onChange({ effect })} segments={effects} />
        <SegmentedControl label="Action" value={draft.action} onChange={(action) => onChange({ action })} segments={actions} />
      </div>
      <Select label="For whom" value={subject} onChange={(next) => onChange({ subject: next })} options={subjects} />
      {(subject === 'user' || subject === 'both') && (
        <TextField label="User name" value={draft.user} onChange={(user) => onChange({ user })} error={problems.user} list={`${id}-users`} maxLength={1000} />
      )}
      {(subject === 'client' || subject === 'both') && (
        <TextField
          label="Client id"
          value={draft.clientId}
          onChange={(clientId) => onChange({ clientId })}
          error={problems.clientId}
          hint="A client id belongs to nobody: any client may call itself so."
          list={`${id}-clients`}
          mono
        />
      )}
      <TextField
        label="Topic filter"
        inputRef={filterRef}
        value={draft.filter}
        onChange={(filter) => onChange({ filter })}
        error={problems.filter}
        hint="+ for one level, # for all below. %u stands for the user name, %c for the client id."
        placeholder="devices/%u/#"
        mono
      />
      <datalist id={`${id}-users`}>
        {userNames.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
      <datalist id={`${id}-clients`}>
        {clientIds.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
