import { Settings2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { PacketsStatus } from '../../../../shared/contract/packets.ts';
import { packetLimitBounds } from '../../../../shared/messages/packet-limits.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Popover } from '../../../ui/popover.tsx';
import { formatBytes, formatCount, plural } from '../../common/index.ts';
import { setPacketLimits } from './packet-actions.ts';
import styles from './packets.module.css';

/** What the recording holds, and what it could not hold. */
export function PacketsStatusLine({ status }: { readonly status: PacketsStatus }): ReactElement {
  const { packets, bytes, forgotten, lost, limits } = status;
  return (
    <footer className={styles.footer}>
      <span>
        {plural(packets, 'packet')}, {formatBytes(bytes)}
        <span className={styles.faint}>
          {' '}
          of {formatCount(limits.packets)} or {formatBytes(limits.bytes)}
        </span>
      </span>
      {forgotten > 0 && <span title="The oldest packets make room for new ones.">{formatCount(forgotten)} older forgotten</span>}
      {lost > 0 && (
        <span className={styles.lost} title="They came faster than they could be recorded; the broker was not slowed down.">
          {formatCount(lost)} lost
        </span>
      )}
      <Limits status={status} />
    </footer>
  );
}

const mebibyte = 1_048_576;

function Limits({ status: { limits } }: { readonly status: PacketsStatus }): ReactElement {
  const [open, setOpen] = useState(false);
  const [packets, setPackets] = useState<number | null>(null);
  const [mebibytes, setMebibytes] = useState<number | null>(null);
  const { packets: packetBounds, bytes: byteBounds } = packetLimitBounds;
  const wanted = { packets: packets ?? limits.packets, bytes: (mebibytes ?? limits.bytes / mebibyte) * mebibyte };
  const isFewer = wanted.packets < limits.packets || wanted.bytes < limits.bytes;
  return (
    <Popover
      align="end"
      side="top"
      title="How much is kept"
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setPackets(null);
        setMebibytes(null);
      }}
      trigger={<IconButton size="small" label="How much is kept" tooltipSide="top" icon={<Settings2 size={14} aria-hidden />} />}
    >
      <div className={styles.limits}>
        <NumberField
          label="Packets at most"
          size="small"
          min={packetBounds.min}
          max={packetBounds.max}
          step={1000}
          value={wanted.packets}
          onChange={setPackets}
        />
        <NumberField
          label="Memory for them at most"
          size="small"
          unit="MiB"
          min={byteBounds.min / mebibyte}
          max={byteBounds.max / mebibyte}
          value={wanted.bytes / mebibyte}
          onChange={setMebibytes}
          hint={isFewer ? 'The oldest packets beyond that are forgotten at once.' : 'The oldest packets make room for new ones.'}
        />
        <div className={styles.formEnd}>
          <Button
            size="small"
            variant="primary"
            onClick={() => {
              void setPacketLimits({ packets: Math.round(wanted.packets), bytes: Math.round(wanted.bytes) });
              setOpen(false);
            }}
          >
            Apply
          </Button>
        </div>
      </div>
    </Popover>
  );
}
