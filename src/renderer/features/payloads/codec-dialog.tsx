import { Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { StoredCodecRule } from '../../../shared/contract/payload.ts';
import { matchesFilter } from '../../../shared/mqtt/topic-filter.ts';
import { engineClient, toCodedError } from '../../data/index.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { act, newId, useConnections } from '../common/index.ts';
import { CodecFields } from './codec-fields.tsx';
import { CodecNames } from './codec-names.tsx';
import { autoCodec, codecTitle, useCodecs, usePayloads, type CodecChoice } from './payloads-model.ts';
import styles from './payloads.module.css';

type Scope = 'topic' | 'filter' | 'subscription' | 'source';

export interface CodecDialogProps {
  readonly source: SourceId;
  readonly sourceName: string;
  readonly topic: string;
  readonly first: CodecChoice;
  readonly onClose: () => void;
  /** Reads the shown message so, without keeping a rule. */
  readonly onTry: (choice: CodecChoice) => void;
}

/** Which codec reads a topic, with its parameters, once or as a rule; and the rules there are. */
export function CodecDialog({ source, sourceName, topic, first, onClose, onTry }: CodecDialogProps): ReactElement {
  const view = usePayloads();
  const codecs = useCodecs();
  const [choice, setChoice] = useState(first);
  const [scope, setScope] = useState<Scope>('topic');
  const [filter, setFilter] = useState(() => filterAround(topic));
  const profile = useConnections()?.profiles.find(({ id }) => source === `connection:${id}`);
  const subscriptions = (profile?.subscriptions ?? []).map((one) => one.filter).filter((one) => matchesFilter(one, topic));
  const [subscription, setSubscription] = useState<string | null>(null);
  const subscribed = subscription ?? subscriptions[0] ?? topic;
  const [everywhere, setEverywhere] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    const wanted = { topic, filter, subscription: subscribed, source: null }[scope];
    const owner = (scope === 'topic' || scope === 'filter') && everywhere ? null : source;
    setBusy(true);
    try {
      await engineClient().call('payload.saveRule', {
        id: newId(),
        source: owner,
        filter: wanted,
        subscription: scope === 'subscription',
        codec: choice.name,
        params: { ...choice.params },
      });
      onClose();
    } catch (error) {
      const { message, advice } = toCodedError(error);
      setRefused(`${message}${advice === undefined ? '' : ` ${advice}`}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="How payloads are read"
      description={topic}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button onClick={() => onTry(choice)}>Only now</Button>
          <Button variant="primary" busy={busy} disabled={scope === 'filter' && filter === ''} onClick={() => void save()}>
            Keep as rule
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {refused !== null && <Banner inset kind="bad" title={refused} onDismiss={() => setRefused(null)} />}
        <CodecFields codecs={codecs} choice={choice} onChange={setChoice} />
        <h3 className={styles.section}>The rule is for</h3>
        <SegmentedControl
          label="What the rule is for"
          value={scope}
          onChange={setScope}
          segments={[
            { value: 'topic', label: 'This topic' },
            { value: 'filter', label: 'Topics of a filter' },
            ...(subscriptions.length > 0 ? [{ value: 'subscription', label: 'A subscription' } as const] : []),
            { value: 'source', label: 'All topics' },
          ]}
        />
        {scope === 'filter' && (
          <TextField label="Topic filter" value={filter} onChange={setFilter} mono hint="+ stands for one level, # at the end for all below." />
        )}
        {scope === 'subscription' && (
          <Select label="Subscription" value={subscribed} onChange={setSubscription} options={subscriptions.map((one) => ({ value: one, label: one }))} />
        )}
        {scope === 'subscription' ? null : scope === 'source' ? (
          <p className={styles.quiet}>All topics of {sourceName} that no other rule is for.</p>
        ) : (
          <Checkbox label={`Also for other sources than ${sourceName}`} checked={everywhere} onChange={setEverywhere} />
        )}
        {view && choice.name !== autoCodec && <CodecNames view={view} choice={choice} onNamed={setChoice} />}
        {view && view.rules.length > 0 && (
          <>
            <h3 className={styles.section}>Rules, the most specific of which counts</h3>
            <ul className={styles.list}>
              {view.rules.map((rule) => (
                <li key={rule.id} className={styles.item}>
                  <span className={styles.grow} title={placeText(rule, source, sourceName)}>
                    <span className={styles.mono}>{rule.filter ?? 'all topics'}</span>{' '}
                    <span className={styles.quiet}>{placeText(rule, source, sourceName)}</span>
                  </span>
                  <span className={styles.quiet}>{rule.codec === autoCodec ? 'automatic' : codecTitle(codecs, rule.codec)}</span>
                  <IconButton
                    size="small"
                    label={`Remove the rule for ${rule.filter ?? 'all topics'}`}
                    icon={<Trash2 size={14} aria-hidden />}
                    onClick={() => void act(engineClient().call('payload.removeRule', { id: rule.id }), 'The rule could not be removed')}
                  />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Dialog>
  );
}

/** The topic with its second-last level open: what stands there is mostly the device. */
function filterAround(topic: string): string {
  const levels = topic.split('/');
  return levels.length < 2 ? topic : levels.with(levels.length - 2, '+').join('/');
}

function placeText({ source: owner, subscription }: StoredCodecRule, source: SourceId, sourceName: string): string {
  const where = owner === null ? 'everywhere' : owner === source ? `on ${sourceName}` : owner === 'broker' ? 'on the local broker' : 'on another connection';
  return subscription ? `${where}, of the subscription` : where;
}
