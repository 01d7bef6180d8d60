import { Copy, Eye, EyeOff, UserRound, Workflow, X } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { PacketDetail } from '../../../../shared/contract/packets.ts';
import { dissect, secretRanges } from '../../../../shared/mqtt/dissect/index.ts';
import { listenerKindWords } from '../../../../shared/mqtt/listener-kinds.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { copyText, formatCount, formatDateTime } from '../../common/index.ts';
import { fieldAt, fieldOf, fieldRows, fieldsAsText, keysAround } from './field-rows.ts';
import { FieldTree } from './field-tree.tsx';
import { PacketHex } from './packet-hex.tsx';
import { clientName, rowName, toneOf } from './packet-words.ts';
import { changeFilter, noPacketsFilter, selectPacket, showSequence } from './packets-store.ts';
import styles from './packets.module.css';

/** The selected packet: its fields, and its bytes beside them. */
export function PacketDetails({ seq }: { readonly seq: number }): ReactElement {
  const [detail, setDetail] = useState<PacketDetail | null | 'failed' | undefined>(undefined);
  useEffect(() => {
    let stale = false;
    engineClient()
      .call('packets.get', { seq })
      .then(
        (found) => stale || setDetail(found),
        () => stale || setDetail('failed'),
      );
    return () => {
      stale = true;
    };
  }, [seq]);
  if (detail === undefined) return <Loading label="Loading the packet" />;
  if (detail === null || detail === 'failed')
    return <EmptyState compact title="This packet is forgotten" text="Newer packets have taken its place, or the recording was cleared." />;
  return <Shown detail={detail} />;
}

function Shown({ detail }: { readonly detail: PacketDetail }): ReactElement {
  const { row, bytes, level, connected } = detail;
  const dissection = useMemo(
    () => dissect(bytes, { level, fromServer: row.direction === 'out' && row.end === null, connected, totalBytes: row.size }),
    [bytes, level, connected, row],
  );
  const { fields, violations } = dissection;
  const [selected, setSelected] = useState<string | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [showSecrets, setShowSecrets] = useState(false);
  const rows = useMemo(() => fieldRows(fields, closed), [fields, closed]);
  const secrets = useMemo(() => secretRanges(fields), [fields]);
  const wrong = useMemo(() => violations.filter(({ start, end }) => end - start <= 256).map(({ start, end }) => [start, end] as const), [violations]);
  const range = (key: string | null): readonly [number, number] | null => {
    const field = key === null ? undefined : fieldOf(fields, key);
    return field ? [field.start, field.end] : null;
  };
  const reveal = (key: string | null): void => {
    if (key === null) return;
    setSelected(key);
    // A byte may belong to a group that is shut.
    setClosed((before) => {
      const open = keysAround(key).slice(0, -1);
      return open.some((one) => before.has(one)) ? new Set([...before].filter((one) => !open.includes(one))) : before;
    });
  };
  return (
    <section className={styles.details} aria-label="Packet">
      <header className={styles.detailHead}>
        <strong className={styles.type} data-tone={toneOf(row)}>
          {row.end === null ? dissection.name : rowName(row)}
        </strong>
        <span className={styles.detailFacts}>
          {row.direction === 'in' ? `from ${clientName(row.clientId)}` : `to ${clientName(row.clientId)}`}
          {detail.transport !== null && <Badge title={detail.address ?? ''}>{listenerKindWords[detail.transport]}</Badge>}
          <time>{formatDateTime(row.timeUs)}</time>
          <span>
            {formatCount(row.size)} {row.size === 1 ? 'byte' : 'bytes'}
          </span>
          {row.fault !== null && (
            <Badge tone="warn" title={row.fault.rule}>
              fault: {row.fault.effect}
            </Badge>
          )}
        </span>
        {secrets.length > 0 && (
          <IconButton
            size="small"
            label={showSecrets ? 'Hide the password' : 'Show the password'}
            pressed={showSecrets}
            icon={showSecrets ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
            onClick={() => setShowSecrets(!showSecrets)}
          />
        )}
        <IconButton size="small" label="Show as sequence" icon={<Workflow size={14} aria-hidden />} onClick={() => showSequence({ seq: row.seq })} />
        {row.clientId !== null && (
          <IconButton
            size="small"
            label="Only this client"
            icon={<UserRound size={14} aria-hidden />}
            onClick={() => changeFilter({ ...noPacketsFilter, clientId: row.clientId })}
          />
        )}
        <Menu
          align="end"
          trigger={<IconButton size="small" label="Copy the packet" icon={<Copy size={14} aria-hidden />} />}
          items={[
            { label: 'Fields as text', onSelect: () => void copyText(fieldsAsText(fields, showSecrets)) },
            { label: 'Bytes in hexadecimal digits', onSelect: () => void copyText(hexText(bytes, showSecrets ? [] : secrets)) },
          ]}
        />
        <IconButton size="small" label="Close the packet" icon={<X size={14} aria-hidden />} onClick={() => selectPacket(null)} />
      </header>
      {row.end !== null && <Banner kind={row.problem === null ? 'info' : 'warn'} title={row.end} />}
      {violations.length > 0 && (
        <ul className={styles.violations} aria-label="Broken rules">
          {violations.map(({ clause, message, start, end }) => (
            <li key={`${clause} ${message} ${start}`}>
              <button type="button" className={styles.violation} onClick={() => reveal(fieldAt(fields, start) ?? fieldAt(fields, Math.max(0, end - 1)))}>
                <Badge tone="bad">{clause}</Badge> {message}
              </button>
            </li>
          ))}
        </ul>
      )}
      {bytes.length === 0 ? (
        <EmptyState compact title="No bytes" text="Nothing of a further packet had come." />
      ) : (
        <Splitter
          id="broker-packet-fields"
          panels={[
            {
              id: 'fields',
              minSize: 200,
              content: (
                <FieldTree
                  rows={rows}
                  bytes={bytes}
                  selected={selected}
                  hovered={hovered}
                  showSecrets={showSecrets}
                  violations={violations}
                  onSelect={setSelected}
                  onHover={setHovered}
                  onToggle={(key, expanded) => setClosed((before) => new Set(expanded ? [...before].filter((one) => one !== key) : [...before, key]))}
                />
              ),
            },
            {
              id: 'bytes',
              minSize: 200,
              content: (
                <div className={styles.hexFrame}>
                  {bytes.length < row.size && <Banner title={`The first ${formatCount(bytes.length)} of ${formatCount(row.size)} bytes are kept`} />}
                  <PacketHex
                    bytes={bytes}
                    selected={range(selected)}
                    hovered={range(hovered)}
                    wrong={wrong}
                    hidden={showSecrets ? [] : secrets}
                    onHover={(offset) => setHovered(offset === null ? null : fieldAt(fields, offset))}
                    onSelect={(offset) => reveal(fieldAt(fields, offset))}
                  />
                </div>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}

function hexText(bytes: Uint8Array, hidden: readonly (readonly [number, number])[]): string {
  const copy = Uint8Array.from(bytes);
  for (const [start, end] of hidden) copy.fill(0x2a, start, end);
  return Array.from(copy, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
