import { Network } from 'lucide-react';
import { useId, useState, type ReactElement } from 'react';
import { cx } from '../../ui/cx.ts';
import { Button } from '../../ui/button.tsx';
import { plural, type SourceOption } from '../common/index.ts';
import { readPeers } from './batch-plan.ts';
import type { CallDraft } from './call-draft.ts';
import { ChoosePeersDialog } from './choose-peers-dialog.tsx';
import styles from './peers-field.module.css';

interface PeersFieldProps {
  readonly source: SourceOption;
  readonly draft: CallDraft;
  readonly peers: string;
  readonly onChange: (peers: string) => void;
  readonly error: string | undefined;
  readonly className?: string | undefined;
}

/** In place of the topic: whom a call goes to, one after the other or a few at the same time. */
export function PeersField({ source, draft, peers, onChange, error, className }: PeersFieldProps): ReactElement {
  const [choosing, setChoosing] = useState(false);
  const { topics } = readPeers(peers);
  const [labelId, errorId] = [useId(), useId()];
  const [first, second] = topics;
  return (
    <div className={cx(styles.field, className)} role="group" aria-labelledby={labelId} aria-describedby={error === undefined ? undefined : errorId}>
      <span id={labelId} className={styles.label}>
        Peers
      </span>
      <span className={styles.line}>
        <Button icon={<Network size={14} aria-hidden />} onClick={() => setChoosing(true)}>
          {topics.length === 0 ? 'Choose peers …' : `${plural(topics.length, 'peer')} …`}
        </Button>
        <code className={styles.names} title={topics.slice(0, 20).join('\n')}>
          {first !== undefined && `${first}${second === undefined ? '' : topics.length === 2 ? `, ${second}` : `, ${second} …`}`}
        </code>
      </span>
      {error !== undefined && (
        <span id={errorId} className={styles.error} role="alert">
          {error}
        </span>
      )}
      {choosing && <ChoosePeersDialog source={source.id} target={draft} peers={peers} onChange={onChange} onClose={() => setChoosing(false)} />}
    </div>
  );
}
