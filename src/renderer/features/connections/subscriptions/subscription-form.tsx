import { useState, type ReactElement } from 'react';
import type { MqttVersion, Qos } from '../../../../shared/contract/common.ts';
import { newSubscription } from '../../../../shared/connections/new-profile.ts';
import type { BrokerCapabilities, Subscription } from '../../../../shared/contract/connections.ts';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { ColorPicker } from '../../../ui/color-picker.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { askForNotifications, canAskForNotifications } from './notifications.ts';
import { asksForEverything } from './subscription-rows.ts';
import { joinGroup, optionsOff, optionWords, splitGroup, subscriptionWarnings } from './subscription-words.ts';
import styles from './subscriptions.module.css';

const levels = [
  { value: '0', label: '0' },
  { value: '1', label: '1' },
  { value: '2', label: '2' },
] as const;
const actions = [
  { value: 'store', label: 'Show and keep', detail: 'in the topics and the history' },
  { value: 'notify', label: 'Notify', detail: 'also told by a notification' },
  { value: 'drop', label: 'Drop', detail: 'only counted' },
] as const;
const handlings = [
  { value: '0', label: 'Send them' },
  { value: '1', label: 'Send them if the subscription is new' },
  { value: '2', label: 'Do not send them' },
] as const;

export interface SubscriptionFormProps {
  readonly initial: Subscription;
  readonly version: MqttVersion;
  readonly broker: BrokerCapabilities | null;
  readonly submitLabel: string;
  /** Answers what is wrong, or nothing. */
  readonly onSubmit: (entry: Subscription) => string | undefined;
  readonly onCancel: () => void;
}

export function SubscriptionForm({ initial, version, broker, submitLabel, onSubmit, onCancel }: SubscriptionFormProps): ReactElement {
  const [entry, setEntry] = useState(initial);
  const [more, setMore] = useState(
    initial.alias !== '' || initial.color !== null || optionWords(initial).length > 0 || splitGroup(initial.filter).group !== '',
  );
  const [refused, setRefused] = useState<string | undefined>();
  const { group, filter } = splitGroup(entry.filter);
  const invalid = entry.filter === '' ? undefined : (validateTopicFilter(entry.filter) ?? undefined);
  const error = refused ?? (invalid && `${invalid.message} ${invalid.advice}`);
  const warnings = entry.filter === '' || invalid ? [] : subscriptionWarnings(entry, version, broker);
  const off = optionsOff(version);
  const set = (change: Partial<Subscription>): void => {
    setEntry({ ...entry, ...change });
    setRefused(undefined);
  };
  const submit = (): void => {
    if (filter === '') return setRefused('Enter a topic filter, such as sensors/+/temperature or building/#.');
    if (invalid) return;
    const problem = onSubmit(entry);
    setRefused(problem);
    if (problem === undefined) setEntry(newSubscription('', { qos: entry.qos }));
  };
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <div className={styles.line}>
        <TextField
          className={styles.grow}
          label="Topic filter"
          value={filter}
          onChange={(next) => set({ filter: joinGroup(group, next) })}
          error={error}
          hint={
            asksForEverything(filter)
              ? 'This asks for every message. Some brokers refuse it or throw the client out.'
              : '+ stands for one level, # at the end for all below'
          }
          mono
          autoFocus
        />
        <div className={styles.qos}>
          <span className={styles.label}>QoS</span>
          <SegmentedControl
            label="Quality of service"
            value={String(entry.qos) as '0' | '1' | '2'}
            onChange={(next) => set({ qos: Number(next) as Qos })}
            segments={levels}
          />
        </div>
        <div className={styles.buttons}>
          <Button type="submit" variant="primary" disabled={invalid !== undefined}>
            {submitLabel}
          </Button>
          <Button variant="ghost" onClick={onCancel}>
            {initial.filter === '' ? 'Done' : 'Cancel'}
          </Button>
          <Button variant="ghost" aria-expanded={more} onClick={() => setMore(!more)}>
            {more ? 'Fewer options' : 'More options'}
          </Button>
        </div>
      </div>
      {more && (
        <div className={styles.more}>
          <TextField label="Alias" value={entry.alias} onChange={(alias) => set({ alias })} maxLength={200} placeholder="shown instead of the filter" />
          <Select label="Messages that come" value={entry.action} onChange={(action) => set({ action })} options={actions} />
          <TextField
            label="Shared group"
            mono
            value={group}
            onChange={(next) => set({ filter: joinGroup(next.replaceAll('/', ''), filter) })}
            placeholder="none"
            hint="Each message goes to one member of the group"
          />
          <ColorPicker label="Colour" value={entry.color} onChange={(color) => set({ color })} />
          <fieldset className={styles.five} disabled={off !== null}>
            <legend className={styles.label}>MQTT 5</legend>
            {off !== null && <p className={styles.note}>{off}</p>}
            <Select
              label="Retained messages"
              disabled={off !== null}
              value={String(entry.retainHandling) as '0' | '1' | '2'}
              onChange={(next) => set({ retainHandling: Number(next) as 0 | 1 | 2 })}
              options={handlings}
            />
            <NumberField
              label="Identifier"
              disabled={off !== null || broker?.subscriptionIdentifiers === false}
              min={1}
              max={268_435_455}
              placeholder={broker?.subscriptionIdentifiers === false ? 'the broker has none' : 'none'}
              value={entry.identifier}
              onChange={(identifier) => set({ identifier })}
            />
            <Checkbox
              label="No local"
              hint="Not the messages of this client"
              disabled={off !== null}
              checked={entry.noLocal}
              onChange={(noLocal) => set({ noLocal })}
            />
            <Checkbox
              label="Retain as published"
              hint="Retain stays as the publisher set it"
              disabled={off !== null}
              checked={entry.retainAsPublished}
              onChange={(retainAsPublished) => set({ retainAsPublished })}
            />
          </fieldset>
        </div>
      )}
      {entry.action === 'notify' && canAskForNotifications() && (
        <Banner
          inset
          kind="info"
          title="Notifications show in this page. The desktop can show them as well while the page is in the background."
          actions={
            <Button size="small" onClick={() => void askForNotifications().then(() => setEntry({ ...entry }))}>
              Allow
            </Button>
          }
        />
      )}
      {warnings.length > 0 && (
        <ul className={styles.warnings} aria-label="Warnings">
          {warnings.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
    </form>
  );
}
