import { Check, Search } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { KnownPeer } from '../../../shared/contract/rpc-batches.ts';
import { engineClient, toCodedError } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { formatCount, plural } from '../common/index.ts';
import { withPeers, type PeersForm } from './batch-plan.ts';
import { capital } from './batch-words.ts';
import type { CallDraft } from './call-draft.ts';
import { useDialectWords } from './own-dialects.ts';
import styles from './peers-field.module.css';

interface ChoosePeersDialogProps {
  readonly source: SourceId;
  /** Dialect and method that are called. */
  readonly target: Pick<CallDraft, 'dialect' | 'auto' | 'method'>;
  readonly peers: string;
  readonly form: PeersForm;
  readonly onChange: (peers: string) => void;
  readonly onClose: () => void;
}

type Found = { readonly peers: readonly KnownPeer[]; readonly known: number } | { readonly failure: string };

/** Peers out of the services that are known, by a filter or one by one, or as a list that is written or pasted. */
export function ChoosePeersDialog({ source, target, peers, form, onChange, onClose }: ChoosePeersDialogProps): ReactElement {
  const { name } = useDialectWords();
  const [filter, setFilter] = useState('');
  const [onlyWithMethod, setOnlyWithMethod] = useState(false);
  const [onlyOnline, setOnlyOnline] = useState(false);
  const found = useKnownPeers(source, target, filter);
  const { topics, problem, duplicates } = form.read(peers);
  const { words } = form;
  const chosen = new Set(topics);
  const shown =
    found && 'peers' in found ? found.peers.filter(({ hasMethod, presence }) => (hasMethod || !onlyWithMethod) && (presence === 'online' || !onlyOnline)) : [];
  const missing = shown.filter(({ topic }) => !chosen.has(topic));
  const set = (some: readonly KnownPeer[], wanted: boolean): void =>
    onChange(
      withPeers(
        peers,
        some.map(({ topic }) => topic),
        wanted,
        form,
      ),
    );
  return (
    <Dialog
      open
      size="large"
      title={`Choose ${words.peer}s`}
      description={
        target.auto
          ? 'Each gets the same call, in the dialect it speaks.'
          : target.dialect === 'gf'
            ? 'Each gets the same request.'
            : `Each gets the same call: ${name(target.dialect)}.`
      }
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button disabled={topics.length === 0} onClick={() => onChange('')}>
            Clear the list
          </Button>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className={styles.dialog}>
        <div className={styles.filterLine}>
          <TextField
            className={styles.filter}
            label={`Known ${words.service}s`}
            type="search"
            icon={<Search size={14} aria-hidden />}
            hint="Part of a topic, a topic filter (edge/+), or * for any characters; several with commas"
            placeholder={words.filter}
            clearable
            mono
            maxLength={10_000}
            value={filter}
            onChange={setFilter}
          />
        </div>
        <div className={styles.filterLine}>
          <span className={styles.found} role="status">
            {found && 'peers' in found
              ? `${plural(shown.length, words.service)} of ${formatCount(found.known)}, ${formatCount(shown.length - missing.length)} chosen`
              : ''}
          </span>
          {target.method !== '' && <Checkbox label={`Only those with ${target.method}`} checked={onlyWithMethod} onChange={setOnlyWithMethod} />}
          {(onlyOnline || (found && 'peers' in found && found.peers.some(({ presence }) => presence !== null))) && (
            <Checkbox label="Only those online" checked={onlyOnline} onChange={setOnlyOnline} />
          )}
          <Button size="small" disabled={missing.length === 0} onClick={() => set(missing, true)}>
            {missing.length === 0 ? 'Add all' : `Add all ${formatCount(missing.length)}`}
          </Button>
          <Button size="small" disabled={missing.length === shown.length} onClick={() => set(shown, false)}>
            Remove these
          </Button>
        </div>
        {found && 'failure' in found && <Banner inset kind="bad" title={found.failure} />}
        <div className={styles.list}>
          {found === undefined ? (
            <Spinner label={`Looking for ${words.service}s`} />
          ) : (
            <VirtualList
              label={`Known ${words.service}s`}
              role="listbox"
              count={shown.length}
              getRow={(index) => shown[index]}
              keyOf={({ dialect, topic }) => `${dialect} ${topic}`}
              rowHeightPx={26}
              isSelected={({ topic }) => chosen.has(topic)}
              onActivate={(peer) => set([peer], !chosen.has(peer.topic))}
              renderRow={(peer, { selected }) => (
                <PeerRow peer={peer} label={form.lineOf(peer.topic)} selected={selected} method={target.method} onToggle={() => set([peer], !selected)} />
              )}
              empty={
                <EmptyState
                  compact
                  title={'known' in found && found.known === 0 ? `No ${words.service}s of this dialect are known yet` : `No ${words.service} fits`}
                  text="Write or paste them below."
                />
              }
            />
          )}
        </div>
        <TextArea
          label={`${capital(words.peer)}s to ${target.dialect === 'gf' && !target.auto ? 'ask' : 'call'}${topics.length === 0 ? '' : `: ${formatCount(topics.length)}`}`}
          mono
          rows={7}
          value={peers}
          onChange={onChange}
          placeholder={words.example}
          hint={duplicates === 0 ? words.line : `${words.line}; ${plural(duplicates, 'line')} stand there twice and count once`}
          error={problem ?? undefined}
        />
      </div>
    </Dialog>
  );
}

interface PeerRowProps {
  readonly peer: KnownPeer;
  readonly label: string;
  readonly selected: boolean;
  readonly method: string;
  readonly onToggle: () => void;
}

function PeerRow({ peer, label, selected, method, onToggle }: PeerRowProps): ReactElement {
  return (
    // The row itself is the option: Enter and a double click do the same.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <span className={styles.peer} onClick={onToggle}>
      <span className={styles.mark}>{selected && <Check size={14} aria-hidden />}</span>
      <span className={styles.topic} title={peer.topic}>
        {label}
      </span>
      {peer.presence !== null && <Badge tone={peer.presence === 'online' ? 'ok' : 'neutral'}>{peer.presence}</Badge>}
      {method !== '' && peer.hasMethod && <span className={styles.knows}>has {method}</span>}
    </span>
  );
}

/** `undefined` until the first answer came; what was found stays while another filter is asked for. */
function useKnownPeers(source: SourceId, { dialect: written, auto, method }: ChoosePeersDialogProps['target'], filter: string): Found | undefined {
  const [found, setFound] = useState<Found>();
  const dialect = auto ? 'auto' : written;
  useEffect(() => {
    let wanted = true;
    engineClient()
      .call('rpcBatches.peers', { source, dialect, method: method.slice(0, 1000), filter })
      .then(
        (answer) => wanted && setFound(answer),
        (error: unknown) => wanted && setFound({ failure: toCodedError(error).message }),
      );
    return () => {
      wanted = false;
    };
  }, [source, dialect, method, filter]);
  return found;
}
