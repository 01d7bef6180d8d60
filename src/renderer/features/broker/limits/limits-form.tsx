import { Fragment, useState, type ReactElement } from 'react';
import type { BrokerLimits } from '../../../../shared/mqtt/broker-limits.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { checkLimits, features, limitsOf, numberGroups, shownValue, tooFastWords, withNumber, type LimitsDraft } from './limit-fields.ts';
import styles from './limits.module.css';

export interface LimitsFormProps {
  readonly saved: BrokerLimits;
  readonly defaults: BrokerLimits;
  readonly running: boolean;
  readonly onSave: (limits: BrokerLimits, restart: boolean) => Promise<void>;
  readonly onClose: () => void;
}

const tooFastOptions = (['disconnect', 'wait'] as const).map((value) => ({ value, ...tooFastWords[value] }));
const qosOptions = ([0, 1, 2] as const).map((value) => ({ value: String(value), label: `QoS ${value}` }));

export function LimitsForm({ saved, defaults, running, onSave, onClose }: LimitsFormProps): ReactElement {
  const [draft, setDraft] = useState<LimitsDraft>(saved);
  const [busy, setBusy] = useState(false);
  const problems = checkLimits(draft);
  const valid = Object.keys(problems).length === 0;
  const save = async (restart: boolean): Promise<void> => {
    if (!valid) return;
    setBusy(true);
    await onSave(limitsOf(draft), restart);
    setBusy(false);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save(false);
      }}
    >
      <fieldset className={styles.group}>
        <legend className={styles.legend}>Offered</legend>
        <div className={styles.offered}>
          <Select
            label="Maximum QoS"
            value={String(draft.maximumQos)}
            onChange={(text) => setDraft({ ...draft, maximumQos: Number(text) as BrokerLimits['maximumQos'] })}
            options={qosOptions}
          />
          <div className={styles.features}>
            {features.map(({ key, label }) => (
              <Checkbox key={key} label={label} checked={draft[key]} onChange={(checked) => setDraft({ ...draft, [key]: checked })} />
            ))}
          </div>
        </div>
      </fieldset>
      {numberGroups.map(({ title, limits }, index) => (
        <fieldset key={title} className={styles.group}>
          <legend className={styles.legend}>{title}</legend>
          <div className={styles.numbers}>
            {limits.map((limit) => (
              <Fragment key={limit.key}>
                <NumberField
                  label={limit.label}
                  hint={limit.hint}
                  error={problems[limit.key]}
                  value={shownValue(limit, draft as BrokerLimits)}
                  onChange={(value) => setDraft(withNumber(draft, limit, value))}
                  min={limit.min}
                  max={limit.max}
                  {...(limit.unit === undefined ? {} : { unit: limit.unit })}
                  {...(limit.empty === undefined ? {} : { placeholder: limit.empty })}
                />
                {limit.key === 'messagesPerSecond' && (
                  <Select
                    label="Who publishes faster is"
                    value={draft.whenTooFast}
                    onChange={(whenTooFast) => setDraft({ ...draft, whenTooFast })}
                    options={tooFastOptions}
                    disabled={draft.messagesPerSecond === null}
                  />
                )}
              </Fragment>
            ))}
            {index === 0 && (
              <TextField
                label="Response information"
                hint="Begins response topics of clients that ask. Empty: none."
                error={problems.responseInformation}
                value={draft.responseInformation ?? ''}
                onChange={(text) => setDraft({ ...draft, responseInformation: text === '' ? null : text })}
                placeholder="none"
                maxLength={1000}
                mono
              />
            )}
          </div>
        </fieldset>
      ))}
      <div className={styles.actions}>
        <Button type="submit" variant={running ? 'secondary' : 'primary'} disabled={!valid} busy={busy}>
          Save limits
        </Button>
        {running && (
          <Button variant="primary" disabled={!valid} busy={busy} onClick={() => void save(true)}>
            Save and restart the broker
          </Button>
        )}
        <Button variant="ghost" onClick={() => setDraft(defaults)}>
          Set defaults
        </Button>
        <Button variant="ghost" onClick={onClose}>
          Discard
        </Button>
      </div>
    </form>
  );
}
