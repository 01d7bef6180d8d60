import { SlidersHorizontal } from 'lucide-react';
import type { ReactElement } from 'react';
import { blockSizes } from '../../../../shared/coap/udp/block.ts';
import { Button } from '../../../ui/button.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Popover } from '../../../ui/popover.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { formatDuration } from '../../common/index.ts';
import { emptyDraft, type BlockSize, type DraftProblems, type RequestDraft } from './request-draft.ts';
import styles from './coap-udp.module.css';

const sizes = blockSizes.map((size) => ({ value: String(size), label: `Blocks of ${size}` }));

interface SendSettingsProps {
  readonly draft: RequestDraft;
  readonly problems: DraftProblems;
  readonly reveal: boolean;
  readonly onChange: (change: Partial<RequestDraft>) => void;
}

/** How the request is sent: reliably or not, in blocks of which size, how long to wait, and when to send again. */
export function SendSettings({ draft, problems, reveal, onChange }: SendSettingsProps): ReactElement {
  const { ackTimeoutS, randomFactor, maxRetransmit } = draft;
  const changed =
    ackTimeoutS !== emptyDraft.ackTimeoutS || randomFactor !== emptyDraft.randomFactor || maxRetransmit !== emptyDraft.maxRetransmit || draft.token !== '';
  const giveUpMs = (ackTimeoutS ?? 2) * 1000 * (2 ** ((maxRetransmit ?? 4) + 1) - 1) * (randomFactor ?? 1.5);
  const wrong = problems.timing ?? problems.token;
  return (
    <div className={styles['settings']}>
      <SegmentedControl
        size="small"
        label="Type of message"
        value={draft.type}
        onChange={(type) => onChange({ type })}
        segments={[
          { value: 'CON', label: 'Confirmable' },
          { value: 'NON', label: 'Non-confirmable' },
        ]}
      />
      <Select
        className={styles['blocks']}
        size="small"
        label="Block size"
        labelHidden
        value={String(draft.blockSize)}
        onChange={(size) => onChange({ blockSize: Number(size) as BlockSize })}
        options={sizes}
      />
      <Popover
        title="Time-outs and retransmission"
        trigger={
          <Button size="small" variant={wrong !== undefined && reveal ? 'danger' : 'secondary'} icon={<SlidersHorizontal size={13} aria-hidden />}>
            {changed ? 'Timing and token (changed)' : 'Timing and token'}
          </Button>
        }
      >
        <div className={styles['timing']}>
          <NumberField
            label="Time-out of a response"
            unit="s"
            min={0.001}
            max={86_400}
            value={draft.timeoutS}
            onChange={(timeoutS) => onChange({ timeoutS })}
            hint="From its request on; with blocks, for each of them"
          />
          <NumberField
            label="First acknowledgement"
            unit="s"
            min={0.01}
            max={60}
            step={0.5}
            value={ackTimeoutS}
            onChange={(next) => onChange({ ackTimeoutS: next })}
            hint="ACK_TIMEOUT; doubles with each retransmission"
          />
          <NumberField
            label="Random factor"
            min={1}
            max={3}
            step={0.1}
            value={randomFactor}
            onChange={(next) => onChange({ randomFactor: next })}
            hint="ACK_RANDOM_FACTOR"
          />
          <NumberField
            label="Retransmissions"
            min={0}
            max={10}
            value={maxRetransmit}
            onChange={(next) => onChange({ maxRetransmit: next })}
            hint={`MAX_RETRANSMIT; gives up after ${formatDuration(giveUpMs)} at most`}
          />
          <TextField
            label="Token"
            mono
            placeholder="a new one each time"
            maxLength={24}
            value={draft.token}
            onChange={(token) => onChange({ token })}
            error={problems.token}
            hint="Up to 8 bytes in hexadecimal digits"
          />
          {problems.timing !== undefined && (
            <p className={styles['error']} role="alert">
              {problems.timing}
            </p>
          )}
        </div>
      </Popover>
    </div>
  );
}
