import { Compass, Network, X } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import { engineClient, useStreamValue } from '../../../data/index.ts';
import { parseCoapUri } from '../../../../shared/coap/udp/uri.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { VirtualTree } from '../../../ui/virtual-tree.tsx';
import { act, plural } from '../../common/index.ts';
import { coapUdpStore, useCoapUdp } from './coap-udp-model.ts';
import { codeWords } from './coap-udp-words.ts';
import { isGroupAddress, multicastWish, sendDraft, useMulticast } from './multicast-model.ts';
import { treeRows, type ServerRow } from './server-tree.ts';
import styles from './coap-udp.module.css';

interface Outcome {
  readonly kind: 'ok' | 'warn' | 'bad';
  readonly title: string;
  readonly advice?: string | undefined;
}

/** Servers that have answered, and their resources; a click brings one into the builder. */
export function ServersPanel(): ReactElement {
  const store = coapUdpStore();
  const uri = useCoapUdp((state) => state.draft.uri);
  const servers = useStreamValue('coapUdp.servers', undefined)?.servers;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const rows = useMemo(() => treeRows(servers ?? [], closed), [servers, closed]);
  const canAsk = uri.includes('{{') || 'uri' in parseCoapUri(uri);
  const onGroup = useMulticast((state) => state.on) && isGroupAddress(uri);
  const discoverGroup = async (address: string): Promise<void> => {
    setBusy(true);
    setOutcome(null);
    await act(
      engineClient()
        .call('coapMulticast.discover', { uri: address, ...multicastWish() })
        .then(({ servers: found, links, failure }) => {
          if (failure) setOutcome({ kind: 'bad', title: failure.message, advice: failure.advice });
          else if (found === 0) setOutcome({ kind: 'warn', title: 'No server of the group told of its resources.' });
          else setOutcome({ kind: 'ok', title: `${plural(found, 'server')} with ${plural(links, 'resource')}` });
        }),
      'The group could not be asked',
    );
    setBusy(false);
  };
  const discover = async (address: string): Promise<void> => {
    setBusy(true);
    setOutcome(null);
    await act(
      engineClient()
        .call('coapUdp.discover', { uri: address, timeoutMs: 30_000, ...(address.includes('{{') ? { variables: true as const } : {}) })
        .then(({ links, problem, failure, response }) => {
          if (failure) setOutcome({ kind: 'bad', title: failure.message, advice: failure.advice });
          else if (response && response.code >> 5 !== 2)
            setOutcome({ kind: 'warn', title: `The server answered ${codeWords(response.code)}: it lists no resources.` });
          else if (problem !== null)
            setOutcome({ kind: 'warn', title: `The list of resources is damaged. ${problem}`, advice: `${plural(links, 'link')} before that.` });
          else if (links === 0) setOutcome({ kind: 'ok', title: 'The server lists no resources.' });
        }),
      'The server could not be asked',
    );
    setBusy(false);
  };
  const choose = (row: ServerRow): void => {
    setSelected(row.key);
    if (row.resource) store.edit({ uri: `${row.server.uri}${row.resource.path}` });
    else store.edit({ uri: `${row.server.uri}/` });
  };
  return (
    <section className={styles['servers']} aria-label="Servers">
      <div className={styles['bar2']}>
        <h2 className={styles['label']}>Servers</h2>
        <Button
          size="small"
          icon={<Compass size={13} aria-hidden />}
          busy={busy}
          disabled={!canAsk}
          title={canAsk ? 'Asks the server of the address for /.well-known/core' : 'Give the address of a server first'}
          onClick={() => void (onGroup ? discoverGroup(uri) : discover(uri))}
        >
          Discover
        </Button>
      </div>
      {outcome && (
        <Banner kind={outcome.kind} title={outcome.title} onDismiss={() => setOutcome(null)}>
          {outcome.advice}
        </Banner>
      )}
      <VirtualTree
        label="Servers and resources"
        count={rows.length}
        getRow={(index) => rows[index]}
        describe={(row) => row.info}
        selectedKey={selected}
        onSelect={choose}
        onToggle={(row, expanded) => {
          const next = new Set(closed);
          if (expanded) next.delete(row.key);
          else next.add(row.key);
          setClosed(next);
        }}
        onActivate={(row) => {
          choose(row);
          sendDraft();
        }}
        renderRow={(row) => <RowContent row={row} />}
        empty={
          <EmptyState
            compact
            icon={<Network size={24} aria-hidden />}
            title="No servers yet"
            text="Servers that answer are listed here. Give the address of one and press Discover for all its resources."
          />
        }
      />
    </section>
  );
}

function RowContent({ row: { server, resource, kind } }: { readonly row: ServerRow }): ReactElement {
  if (!resource) {
    return (
      <span className={styles['serverRow']}>
        <span className={styles['serverName']} title={server.uri}>
          {server.uri.replace('coap://', '')}
        </span>
        <span className={styles['quiet']} title={server.leftOut > 0 ? `${plural(server.leftOut, 'further resource')} found no room` : undefined}>
          {plural(server.resources.length, 'resource')}
        </span>
        <IconButton
          size="small"
          tabIndex={-1}
          label={`Forget ${server.uri}`}
          icon={<X size={13} aria-hidden />}
          onClick={(event) => {
            event.stopPropagation();
            void act(engineClient().call('coapUdp.forgetServer', { uri: server.uri }), 'The server could not be forgotten');
          }}
        />
      </span>
    );
  }
  return (
    <span className={styles['serverRow']}>
      <span className={styles['path']} title={kind === '' ? resource.path : `${resource.path} – ${kind}`}>
        {resource.path}
      </span>
      <span className={styles['quiet']}>{kind}</span>
    </span>
  );
}
