import { ArrowDown, ArrowUp, ChevronDown, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import type { FaultRule, FaultWhere } from '../../../../shared/broker/faults/fault-rules.ts';
import { actionWords, whereWords } from '../../../../shared/broker/faults/fault-words.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Fold } from '../../../ui/fold.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { useBrokerStatus } from '../../common/index.ts';
import { ActionFields } from './action-fields.tsx';
import { actionOptions, packetNames, topicProblem, whereFields, withKind } from './rule-drafts.ts';
import styles from './faults.module.css';

interface RuleFormProps {
  readonly rule: FaultRule;
  /** From 1. */
  readonly position: number;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onChange: (rule: FaultRule) => void;
  readonly onRemove: () => void;
  readonly onUp: (() => void) | undefined;
  readonly onDown: (() => void) | undefined;
}

const directions = [
  { value: 'both', label: 'Both ways' },
  { value: 'in', label: 'From clients' },
  { value: 'out', label: 'To clients' },
] as const;

/** One rule of a profile: what it does, and to which packets. */
export function RuleForm({ rule, position, open, onOpenChange, onChange, onRemove, onUp, onDown }: RuleFormProps): ReactElement {
  const fields = whereFields(rule.action);
  const where = (change: Partial<FaultWhere>): void => onChange({ ...rule, where: { ...rule.where, ...change } });
  return (
    <Fold
      title={`${position}. ${rule.name === '' ? actionWords(rule.action) : rule.name}`}
      summary={whereWords(rule)}
      marks={rule.enabled ? undefined : <Badge>off</Badge>}
      open={open}
      onOpenChange={onOpenChange}
    >
      <div className={styles.form}>
        <div className={styles.pair}>
          <Select label="What" value={rule.action.kind} onChange={(kind) => onChange(withKind(rule, kind))} options={actionOptions} />
          <TextField label="Name" value={rule.name} onChange={(name) => onChange({ ...rule, name })} maxLength={200} placeholder={actionWords(rule.action)} />
        </div>
        <ActionFields action={rule.action} onChange={(action) => onChange({ ...rule, action })} />
        {fields.direction && (
          <div className={styles.line}>
            <SegmentedControl
              label="Direction"
              size="small"
              value={rule.where.direction}
              onChange={(direction) => where({ direction })}
              segments={directions}
            />
            {fields.packets && <Packets where={rule.where} onChange={where} />}
          </div>
        )}
        <div className={styles.pair}>
          <TextField
            label="Client id"
            value={rule.where.clientId ?? ''}
            onChange={(text) => where({ clientId: text === '' ? undefined : text })}
            mono
            maxLength={1000}
            placeholder="any; sensor-* for some"
          />
          <ListenerSelect listener={rule.where.listener} onChange={(listener) => where({ listener })} />
          {fields.packets && (
            <TextField
              label="Topic filter"
              value={rule.where.topic ?? ''}
              onChange={(text) => where({ topic: text === '' ? undefined : text })}
              mono
              placeholder="every packet"
              error={topicProblem(rule.where.topic)}
              hint="PUBLISH with such a topic, and its acknowledgements."
            />
          )}
        </div>
        <div className={styles.three}>
          {fields.chance && (
            <>
              <NumberField
                label="Chance"
                value={Math.round(rule.where.probability * 10_000) / 100}
                onChange={(percent) => where({ probability: Math.min(100, Math.max(0, percent ?? 100)) / 100 })}
                min={0}
                max={100}
                unit="%"
              />
              <NumberField label="From the nth packet on" value={rule.where.from} onChange={(from) => where({ from: from ?? 1 })} min={1} max={1_000_000_000} />
            </>
          )}
          <NumberField
            label="At most, for each client"
            value={rule.where.times}
            onChange={(times) => where({ times })}
            min={1}
            max={1_000_000_000}
            placeholder="always"
            unit="times"
          />
        </div>
        <div className={styles.line}>
          <Switch label="In use" checked={rule.enabled} onChange={(enabled) => onChange({ ...rule, enabled })} />
          <span className={styles.gap} />
          <IconButton
            size="small"
            label={`Move rule ${position} up`}
            icon={<ArrowUp size={14} aria-hidden />}
            disabled={onUp === undefined}
            onClick={() => onUp?.()}
          />
          <IconButton
            size="small"
            label={`Move rule ${position} down`}
            icon={<ArrowDown size={14} aria-hidden />}
            disabled={onDown === undefined}
            onClick={() => onDown?.()}
          />
          <IconButton size="small" label={`Remove rule ${position}`} icon={<Trash2 size={14} aria-hidden />} onClick={onRemove} />
        </div>
      </div>
    </Fold>
  );
}

function ListenerSelect({
  listener,
  onChange,
}: {
  readonly listener: string | undefined;
  readonly onChange: (listener: string | undefined) => void;
}): ReactElement {
  const open = useBrokerStatus()?.listeners ?? [];
  const isUnknown = listener !== undefined && !open.some(({ id }) => id === listener);
  return (
    <Select
      label="Listener"
      value={listener ?? ''}
      onChange={(id) => onChange(id === '' ? undefined : id)}
      options={[
        { value: '', label: 'Any' },
        ...open.map(({ id, name, url }) => ({ value: id, label: name ?? url })),
        ...(isUnknown ? [{ value: listener, label: listener, detail: 'not open now' }] : []),
      ]}
    />
  );
}

function Packets({ where, onChange }: { readonly where: FaultWhere; readonly onChange: (change: Partial<FaultWhere>) => void }): ReactElement {
  const chosen = where.packets ?? [];
  const words = chosen.length === 0 ? 'All packets' : chosen.map((name) => name.toUpperCase()).join(', ');
  const toggle = (name: (typeof packetNames)[number], on: boolean): void => {
    const next = packetNames.filter((one) => (one === name ? on : chosen.includes(one)));
    onChange({ packets: next.length === 0 ? undefined : next });
  };
  return (
    <Menu
      trigger={
        <Button size="small" icon={<ChevronDown size={13} aria-hidden />} aria-label={`Packets: ${words}`}>
          {words.length > 60 ? `${chosen.length} kinds of packets` : words}
        </Button>
      }
      items={packetNames.map((name) => ({
        kind: 'check' as const,
        label: name.toUpperCase(),
        checked: chosen.includes(name),
        onChange: (on: boolean) => toggle(name, on),
      }))}
    />
  );
}
