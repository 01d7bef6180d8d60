import { Network } from 'lucide-react';
import { useId, useState, type ReactElement } from 'react';
import { cx } from '../../ui/cx.ts';
import { Button } from '../../ui/button.tsx';
import { plural, type SourceOption } from '../common/index.ts';
import { peersForm, type PeersForm } from './batch-plan.ts';
import { capital } from './batch-words.ts';
import type { CallDraft } from './call-draft.ts';
import { ChoosePeersDialog } from './choose-peers-dialog.tsx';
import styles from './peers-field.module.css';

interface PeersFieldProps {
  readonly source: SourceOption;
  /** What is called. */
  readonly draft: Pick<CallDraft, 'dialect' | 'auto' | 'method'>;
  readonly peers: string;
  readonly onChange: (peers: string) => void;
  readonly error: string | undefined;
  readonly className?: string | undefined;
  readonly form?: PeersForm;
}

/** In place of the topic: whom a call goes to, one after the other or a few at the same time. */
export function PeersField({ source, draft, peers, onChange, error, className, form = peersForm }: PeersFieldProps): ReactElement {
  const [choosing, setChoosing] = useState(false);
  const { topics } = form.read(peers);
  const { peer } = form.words;
  const [labelId, errorId] = [useId(), useId()];
  const [first, second] = topics.slice(0, 2).map(form.lineOf);
  return (
    <div className={cx(styles.field, className)} role="group" aria-labelledby={labelId} aria-describedby={error === undefined ? undefined : errorId}>
      <span id={labelId} className={styles.label}>
        {capital(peer)}s
      </span>
      <span className={styles.line}>
        <Button icon={<Network size={14} aria-hidden />} onClick={() => setChoosing(true)}>
          {topics.length === 0 ? `Choose ${peer}s …` : `${plural(topics.length, peer)} …`}
        </Button>
        <code className={styles.names} title={topics.slice(0, 20).map(form.lineOf).join('\n')}>
          {first !== undefined && `${first}${second === undefined ? '' : topics.length === 2 ? `, ${second}` : `, ${second} …`}`}
        </code>
      </span>
      {error !== undefined && (
        <span id={errorId} className={styles.error} role="alert">
          {error}
        </span>
      )}
      {choosing && <ChoosePeersDialog source={source.id} target={draft} peers={peers} form={form} onChange={onChange} onClose={() => setChoosing(false)} />}
    </div>
  );
}
