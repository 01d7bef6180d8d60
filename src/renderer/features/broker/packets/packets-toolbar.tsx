import { Circle, ListX, Search, Square, TriangleAlert } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { PacketSourceId, PacketsStatus } from '../../../../shared/contract/packets.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { plural, useModel } from '../../common/index.ts';
import { clearPackets, recordPackets } from './packet-actions.ts';
import { clientName } from './packet-words.ts';
import { PacketsFilterButton } from './packets-filter-button.tsx';
import type { PacketsList } from './packets-list.ts';
import { changeFilter, chooseSource, isFiltered, usePackets } from './packets-store.ts';
import { SaveMenu } from './save-menu.tsx';
import styles from './packets.module.css';

/** What is recorded, and what of it is shown. */
export function PacketsToolbar({ status, list }: { readonly status: PacketsStatus; readonly list: PacketsList }): ReactElement {
  const source = usePackets((state) => state.source);
  const filter = usePackets((state) => state.filter);
  const current = status.sources.find(({ id }) => id === source);
  const recording = current?.recording === true;
  return (
    <div className={styles.toolbar} role="group" aria-label="Packets">
      <Button
        size="small"
        variant={recording ? 'danger' : 'primary'}
        icon={recording ? <Square size={11} fill="currentColor" aria-hidden /> : <Circle size={11} fill="currentColor" aria-hidden />}
        disabled={!current}
        onClick={() => void recordPackets(source, !recording)}
      >
        {recording ? 'Stop' : 'Record'}
      </Button>
      {(status.sources.length > 1 || source !== 'broker') && (
        <Select<PacketSourceId>
          className={styles.source}
          label="Source of the packets"
          labelHidden
          size="small"
          value={source}
          onChange={chooseSource}
          options={status.sources.map(({ id, name, recording: isOn }) => ({ value: id, label: name, ...(isOn ? { detail: 'recording' } : {}) }))}
        />
      )}
      <TextField
        className={styles.search}
        label="Find in packets"
        labelHidden
        type="search"
        size="small"
        icon={<Search size={14} aria-hidden />}
        placeholder="Text in topic, client or payload"
        clearable
        maxLength={1000}
        value={filter.text}
        onChange={(text) => changeFilter({ text })}
      />
      <ClientSelect source={source} status={status} />
      <PacketsFilterButton />
      <IconButton
        size="small"
        label="Only errors and broken rules"
        pressed={filter.problems}
        icon={<TriangleAlert size={14} aria-hidden />}
        onClick={() => changeFilter({ problems: !filter.problems })}
      />
      <Total list={list} />
      <SaveMenu list={list} disabled={status.packets === 0} />
      <IconButton
        size="small"
        label="Clear the recording"
        disabled={status.packets === 0}
        icon={<ListX size={15} aria-hidden />}
        onClick={() => void askAndClear(status)}
      />
    </div>
  );
}

async function askAndClear({ packets, sources }: PacketsStatus): Promise<void> {
  const recording = sources.some((source) => source.recording);
  const agreed = await confirm({
    title: `Clear ${plural(packets, 'packet')}?`,
    text: recording ? 'The recording goes on with the next packet.' : 'They cannot be brought back.',
    action: 'Clear',
  });
  if (agreed) await clearPackets();
}

const everybody = ' all';

function ClientSelect({ source, status }: { readonly source: PacketSourceId; readonly status: PacketsStatus }): ReactElement {
  const clientId = usePackets((state) => state.filter.clientId);
  const [clients, setClients] = useState<readonly string[]>([]);
  const packets = status.sources.find(({ id }) => id === source)?.packets ?? 0;
  // Whoever is new has sent a packet; the last digits of a flood are not worth asking for.
  const asked = packets < 1000 ? packets : Math.floor(packets / 500);
  useEffect(() => {
    let stale = false;
    engineClient()
      .call('packets.clients', { source })
      .then(
        (found) => stale || setClients(found),
        () => undefined,
      );
    return () => {
      stale = true;
    };
  }, [source, asked]);
  const known = clientId === null || clients.includes(clientId) ? clients : [clientId, ...clients];
  return (
    <Select
      className={styles.clients}
      label="Client"
      labelHidden
      size="small"
      value={clientId === null ? everybody : `=${clientId}`}
      onChange={(next) => changeFilter({ clientId: next === everybody ? null : next.slice(1) })}
      options={[{ value: everybody, label: 'Every client' }, ...known.map((id) => ({ value: `=${id}`, label: clientName(id) }))]}
    />
  );
}

function Total({ list }: { readonly list: PacketsList }): ReactElement {
  useModel(list.notifier);
  const filtered = isFiltered(usePackets((state) => state.filter));
  const { total, looked } = list;
  const count = looked === null ? `${plural(total, 'packet')}${filtered ? (total === 1 ? ' fits' : ' fit') : ''}` : `${plural(total, 'packet')} so far`;
  return (
    <span className={styles.total} role="status">
      {count}
      {looked !== null && looked > 0 && ` · ${Math.floor(looked * 100)} %`}
    </span>
  );
}
