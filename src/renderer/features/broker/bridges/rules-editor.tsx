import { Plus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import type { RuleProblem } from '../../../../shared/broker/bridges/topic-rules.ts';
import type { BridgeRule } from '../../../../shared/contract/topic-bridges.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { useFirst } from '../../common/index.ts';
import { newRule } from './bridges-draft.ts';
import styles from './bridges.module.css';

interface RulesEditorProps {
  readonly rules: readonly BridgeRule[];
  readonly problems: readonly (RuleProblem | null)[];
  readonly problem: string | undefined;
  readonly onChange: (rules: BridgeRule[]) => void;
}

const directions = [
  { value: 'both', label: 'Both ways' },
  { value: 'out', label: 'Out', detail: 'local to remote' },
  { value: 'in', label: 'In', detail: 'remote to local' },
] as const;

/** Which topics are carried, as lines of mosquitto say it. */
export function RulesEditor({ rules, problems, problem, onChange }: RulesEditorProps): ReactElement {
  const first = useFirst(rules, 100);
  const change = (at: number, part: Partial<BridgeRule>): void => onChange(rules.map((rule, index) => (index === at ? { ...rule, ...part } : rule)));
  return (
    <div className={styles.rules}>
      {first.shown.map((rule, at) => {
        const wrong = problems[at];
        const error = (field: RuleProblem['field']): string | undefined => (wrong?.field === field ? wrong.message : undefined);
        return (
          // Rules have no name of their own: their place is what they are known by.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at} className={styles.rule} role="group" aria-label={`Rule ${at + 1}`}>
            <Select label="Direction" value={rule.direction} onChange={(direction) => change(at, { direction })} options={directions} />
            <TextField
              label="Local prefix"
              mono
              value={rule.localPrefix}
              onChange={(localPrefix) => change(at, { localPrefix })}
              error={error('localPrefix')}
            />
            <TextField label="Filter" mono value={rule.filter} onChange={(filter) => change(at, { filter })} error={error('filter')} placeholder="sensors/#" />
            <TextField
              label="Remote prefix"
              mono
              value={rule.remotePrefix}
              onChange={(remotePrefix) => change(at, { remotePrefix })}
              error={error('remotePrefix')}
            />
            <Select<'0' | '1' | '2'>
              label="QoS"
              value={`${rule.qos}`}
              onChange={(qos) => change(at, { qos: Number(qos) as BridgeRule['qos'] })}
              options={[
                { value: '0', label: 'at most 0' },
                { value: '1', label: 'at most 1' },
                { value: '2', label: 'at most 2' },
              ]}
            />
            <Select
              label="Retain"
              value={rule.retain}
              onChange={(retain) => change(at, { retain })}
              options={[
                { value: 'keep', label: 'kept' },
                { value: 'clear', label: 'cleared' },
              ]}
            />
            <IconButton
              label={`Remove rule ${at + 1}`}
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => onChange(rules.filter((_, index) => index !== at))}
            />
          </div>
        );
      })}
      {first.more}
      {problem !== undefined && (
        <p className={styles.error} role="alert">
          {problem}
        </p>
      )}
      <div>
        <Button size="small" icon={<Plus size={13} aria-hidden />} onClick={() => onChange([...rules, newRule])} disabled={rules.length >= 1000}>
          Add a rule
        </Button>
      </div>
    </div>
  );
}
