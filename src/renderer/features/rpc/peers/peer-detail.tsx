import { Copy, Eraser, LogOut, Radar, Trash2 } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { PeersPage, PingResult, RpcPeer } from '../../../../shared/contract/rpc-peers.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { engineClient } from '../../../data/index.ts';
import { StatusDot } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { act, copyText, formatDateTime, useModel, type SourceOption } from '../../common/index.ts';
import styles from '../lists.module.css';
import type { PagedView } from '../paged-view.ts';
import { isStale, peerTone, peerWords, pingWords } from './peer-words.ts';

interface PeerDetailProps {
  readonly source: SourceOption;
  // What the list is filtered by is of no account here.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly view: PagedView<RpcPeer, PeersPage, any> | null;
  readonly selected: RpcPeer | null;
  readonly onGone: () => void;
}

/** What is known of one peer, and what can be done about it. */
export function PeerDetail({ source, view, selected, onGone }: PeerDetailProps): ReactElement {
  if (!selected || !view) return <p className={styles['nothing']}>Choose a peer to see what is known of it.</p>;
  return <Shown key={selected.clientId} source={source} view={view} selected={selected} onGone={onGone} />;
}

function Shown({
  source,
  view,
  selected,
  onGone,
}: PeerDetailProps & { readonly view: NonNullable<PeerDetailProps['view']>; readonly selected: RpcPeer }): ReactElement {
  useModel(view.notifier);
  const { clientId } = selected;
  // Scrolled away, it is what it was when it was chosen.
  const peer = view.page?.rows.find((row) => row.clientId === clientId) ?? selected;
  const { presence, presenceAt, presenceTimestamp, connected, connectedAt, lastSeenAt } = peer;
  const target = { source: source.id, clientId };
  const [pinging, setPinging] = useState(false);
  const [ping, setPing] = useState<PingResult | CodedError | null>(null);
  const [abort] = useState(() => new AbortController());
  useEffect(() => () => abort.abort(), [abort]);

  const askForLife = async (): Promise<void> => {
    setPinging(true);
    setPing(null);
    try {
      setPing(await engineClient().call('rpcPeers.ping', target, { signal: abort.signal }));
    } catch (error) {
      setPing(error instanceof CodedError ? error : new CodedError('internal'));
    }
    setPinging(false);
  };
  const kick = async (): Promise<void> => {
    const agreed = await confirm({
      title: `Ask “${clientId}” to leave?`,
      text: 'A message goes to $presence/…/kick, as a client of mqttxx 3.x sends when another one has its id. Who listens for it disconnects; others pay no heed.',
      action: 'Ask it to leave',
      danger: true,
    });
    if (agreed && (await act(engineClient().call('rpcPeers.kick', target), 'The message could not be sent')))
      toasts.show({ kind: 'ok', title: `“${clientId}” was asked to leave` });
  };
  const clear = async (): Promise<void> => {
    const agreed = await confirm({
      title: `Clear the presence of “${clientId}”?`,
      text: 'The retained message is removed from the broker, for everybody. A client that is there says so again when it connects anew.',
      action: 'Clear the presence',
      danger: true,
    });
    if (agreed) await act(engineClient().call('rpcPeers.clearPresence', target), 'The presence could not be cleared');
  };
  const forget = async (): Promise<void> => {
    if (await act(engineClient().call('rpcPeers.forget', target), 'It could not be forgotten')) onGone();
  };

  return (
    <section className={styles['detail']} aria-label="Peer">
      <h2 className={styles['detailTitle']}>
        <StatusDot tone={peerTone(peer)} />
        <span data-selectable>{clientId}</span>
        <span className={styles['quiet']}>{peerWords(peer)}</span>
      </h2>
      <div className={styles['actions']}>
        <Button
          size="small"
          icon={<Radar size={14} aria-hidden />}
          busy={pinging}
          disabled={!source.live}
          title="Three calls of __ping__ to rpc/r/…, 3 s each"
          onClick={() => void askForLife()}
        >
          Ping (mqttxx 4)
        </Button>
        <Button size="small" icon={<LogOut size={14} aria-hidden />} disabled={!source.live} onClick={() => void kick()}>
          Ask to leave …
        </Button>
        <Button size="small" icon={<Trash2 size={14} aria-hidden />} disabled={!source.live || presence === null} onClick={() => void clear()}>
          Clear presence …
        </Button>
        <Button size="small" icon={<Eraser size={14} aria-hidden />} onClick={() => void forget()}>
          Forget
        </Button>
        <Button size="small" icon={<Copy size={14} aria-hidden />} onClick={() => void copyText(clientId)}>
          Copy the id
        </Button>
      </div>
      <p className={styles['pingLine']} role="status">
        {pinging ? 'Asking three times …' : ping instanceof CodedError ? `${ping.message} ${ping.advice ?? ''}` : ping && pingWords(ping)}
      </p>
      {isStale(peer) && <p className={styles['warnLine']}>Its presence says otherwise than the broker: the retained message is stale.</p>}
      <KeyValueTable
        compact
        label="Peer"
        rows={[
          { key: 'Presence', value: presence === null ? 'none seen' : presence },
          ...(presence === null ? [] : [{ key: 'Said', value: presenceAt === null ? 'before it was watched (retained)' : moment(presenceAt) }]),
          ...(presenceTimestamp === null
            ? []
            : [
                {
                  key: 'Its timestamp',
                  value: `${moment(presenceTimestamp)}${presence === 'offline' ? ' – of a will, when it had connected' : ''}`,
                },
              ]),
          ...(connected === null ? [] : [{ key: 'Connected', value: connected ? `since ${moment(connectedAt ?? 0)}` : 'no' }]),
          { key: 'Last message', value: lastSeenAt === null ? 'none seen' : moment(lastSeenAt) },
        ]}
      />
    </section>
  );
}

/** To the second: more is not known. */
const moment = (ms: number): string => formatDateTime(ms * 1000).slice(0, 19);
