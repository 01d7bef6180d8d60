import { ChevronRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Popover } from '../../../ui/popover.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { faultsOf, noFaults, type FaultsDraft, type MethodProblems } from './method-draft.ts';
import { faultWords } from './node-words.ts';
import styles from './methods.module.css';

interface FaultsSectionProps {
  readonly faults: FaultsDraft;
  readonly problems: MethodProblems;
  readonly onChange: (change: Partial<FaultsDraft>) => void;
  /** Further faults: a phrase for each that is on, whether one of them is wrong, and their fields. */
  readonly more?: { readonly words: readonly string[]; readonly broken: boolean; readonly fields: ReactNode; readonly switchOff: () => void };
}

/** What goes wrong on purpose, to test the caller, in a line; its fields open beside it and take no room from the answer. */
export function FaultsSection({ faults, problems, onChange, more }: FaultsSectionProps): ReactElement {
  const words = [...faultWords(faultsOf(faults)), ...(more?.words ?? [])];
  const broken = more?.broken === true || Object.keys(noFaults).some((field) => problems[field as keyof MethodProblems] !== undefined);
  const ms = (field: 'delayMs' | 'jitterMs' | 'lateMs', label: string, hint?: string): ReactElement => (
    <NumberField
      label={label}
      unit="ms"
      size="small"
      min={0}
      max={3_600_000}
      step={100}
      value={faults[field]}
      onChange={(value) => onChange({ [field]: value })}
      error={problems[field]}
      hint={hint}
    />
  );
  const rate = (field: 'errorRate' | 'dropRate' | 'duplicateRate' | 'lateRate', label: string, hint?: string): ReactElement => (
    <NumberField
      label={label}
      unit="%"
      size="small"
      min={0}
      max={100}
      step={10}
      value={toPercent(faults[field])}
      onChange={(value) => onChange({ [field]: value === null ? null : value / 100 })}
      error={problems[field]}
      hint={hint}
    />
  );
  return (
    <section className={styles.faults} aria-label="Faults">
      <div className={styles.faultsHead}>
        <Popover
          side="top"
          title="Faults"
          trigger={
            <button type="button" className={styles.disclosure}>
              <ChevronRight size={14} aria-hidden />
              Faults
            </button>
          }
        >
          <p className={styles.faultsAbout}>For testing the caller. Each is decided for itself, with every call.</p>
          <div className={styles.faultFields}>
            {ms('delayMs', 'Delay', 'before each answer')}
            {ms('jitterMs', 'Jitter', 'up to so much more')}
            {rate('dropRate', 'Not answered', 'carried out in silence')}
            {rate('errorRate', 'Errors', 'get an error instead')}
            <TextField
              label="Text of the error"
              size="small"
              value={faults.errorText}
              onChange={(errorText) => onChange({ errorText })}
              error={problems.errorText}
              maxLength={10_000}
            />
            {rate('duplicateRate', 'Answered again', 'with the same answer')}
            <NumberField
              label="How often again"
              size="small"
              min={1}
              max={100}
              value={faults.duplicates}
              onChange={(duplicates) => onChange({ duplicates })}
              error={problems.duplicates}
            />
            {rate('lateRate', 'Late', 'after the time-out')}
            {ms('lateMs', 'Late by')}
            {more?.fields}
          </div>
        </Popover>
        {words.length > 0 ? <Badge tone={broken ? 'bad' : 'warn'}>{words.length} on</Badge> : <span className={styles.note}>none</span>}
        {broken && words.length === 0 && <Badge tone="bad">wrong</Badge>}
        <span className={styles.note} title={words.join(', ')}>
          {words.join(', ')}
        </span>
        {words.length > 0 && (
          <Button
            size="small"
            variant="ghost"
            onClick={() => {
              onChange(noFaults);
              more?.switchOff();
            }}
          >
            Switch all off
          </Button>
        )}
      </div>
    </section>
  );
}

/** `null` stays; rounded so that 0.1 + 0.2 does not show. */
const toPercent = (rate: number | null): number | null => (rate === null ? null : Number((rate * 100).toFixed(4)));
