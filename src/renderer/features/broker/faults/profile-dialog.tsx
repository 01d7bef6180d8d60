import { Plus } from 'lucide-react';
import { useId, useState, type ReactElement } from 'react';
import type { FaultProfile, FaultRule } from '../../../../shared/broker/faults/fault-rules.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { newId } from '../../common/index.ts';
import { saveProfile } from './fault-actions.ts';
import { KeysForm } from './keys-form.tsx';
import { checkProfile, newRule } from './rule-drafts.ts';
import { RuleForm } from './rule-form.tsx';
import styles from './faults.module.css';

interface ProfileDialogProps {
  /** `null`: closed. */
  readonly profile: FaultProfile | null;
  readonly isNew: boolean;
  readonly onChange: (profile: FaultProfile) => void;
  readonly onClose: () => void;
}

/** A profile of the user with its rules, to be made or changed. */
export function ProfileDialog({ profile, isNew, onChange, onClose }: ProfileDialogProps): ReactElement {
  const form = useId();
  const [tried, setTried] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  // While the dialog fades, its form stays.
  const [shown, setShown] = useState(profile);
  if (profile !== null && profile !== shown) setShown(profile);
  const problems = profile === null ? {} : checkProfile(profile);

  const close = (): void => {
    setTried(null);
    setOpen(null);
    onClose();
  };
  const submit = async (): Promise<void> => {
    if (profile === null) return;
    setTried(profile.id);
    if (problems.rule !== undefined) setOpen(problems.rule);
    if (problems.name !== undefined || problems.rule !== undefined) return;
    setBusy(true);
    const saved = await saveProfile({ ...profile, name: profile.name.trim() });
    setBusy(false);
    if (saved) close();
  };
  return (
    <Dialog
      open={profile !== null}
      onOpenChange={(next) => !next && close()}
      title={isNew ? 'New fault profile' : 'Edit the fault profile'}
      size="large"
      persistent
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" busy={busy}>
            Save profile
          </Button>
        </>
      }
    >
      {shown && (
        <form
          id={form}
          className={styles.form}
          aria-label="Fault profile"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <div className={styles.pair}>
            <TextField
              label="Name"
              value={shown.name}
              onChange={(name) => onChange({ ...shown, name })}
              maxLength={200}
              placeholder="Workshop Wi-Fi"
              error={tried === shown.id ? problems.name : undefined}
            />
            <NumberField
              label="Seed"
              value={shown.seed}
              onChange={(seed) => onChange({ ...shown, seed: seed ?? 0 })}
              min={0}
              max={4_294_967_295}
              hint="The same seed makes the same choices, so that a run repeats."
            />
          </div>
          <TextField label="Description" value={shown.description} onChange={(description) => onChange({ ...shown, description })} maxLength={2000} />
          <Rules profile={shown} open={open} onOpen={setOpen} onChange={(rules) => onChange({ ...shown, rules })} />
          <fieldset className={styles.group}>
            <legend className={styles.legend}>mqttd</legend>
            <Checkbox
              label="Answer like one of the mqttd servers"
              hint="Of curl’s test suite (C), or the one in Python, with their keys for wrong packets."
              checked={shown.keys !== undefined}
              onChange={(on) => {
                const { keys: _keys, ...others } = shown;
                onChange(on ? { ...others, keys: { dialect: 'c' } } : others);
              }}
            />
            {shown.keys !== undefined && <KeysForm keys={shown.keys} onChange={(keys) => onChange({ ...shown, keys })} />}
          </fieldset>
        </form>
      )}
    </Dialog>
  );
}

interface RulesProps {
  readonly profile: FaultProfile;
  readonly open: string | null;
  readonly onOpen: (id: string | null) => void;
  readonly onChange: (rules: readonly FaultRule[]) => void;
}

function Rules({ profile, open, onOpen, onChange }: RulesProps): ReactElement {
  const { rules } = profile;
  const add = (): void => {
    const rule = newRule(newId());
    onChange([...rules, rule]);
    onOpen(rule.id);
  };
  const move = (at: number, by: number): void => {
    const moved = rules.toSpliced(at, 1);
    const rule = rules[at];
    if (rule) onChange(moved.toSpliced(at + by, 0, rule));
  };
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>Rules</legend>
      <p className={styles.muted}>They are tried on each packet in this order. A packet that is dropped meets no further ones.</p>
      {rules.map((rule, at) => (
        <RuleForm
          key={rule.id}
          rule={rule}
          position={at + 1}
          open={open === rule.id}
          onOpenChange={(next) => onOpen(next ? rule.id : null)}
          onChange={(changed) => onChange(rules.with(at, changed))}
          onRemove={() => onChange(rules.toSpliced(at, 1))}
          onUp={at === 0 ? undefined : () => move(at, -1)}
          onDown={at === rules.length - 1 ? undefined : () => move(at, 1)}
        />
      ))}
      <div>
        <Button icon={<Plus size={14} aria-hidden />} onClick={add} disabled={rules.length >= 100}>
          Add rule
        </Button>
      </div>
    </fieldset>
  );
}
