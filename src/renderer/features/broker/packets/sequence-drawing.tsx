import { useMemo, type KeyboardEvent, type ReactElement } from 'react';
import type { PacketSequence } from '../../../../shared/contract/packets.ts';
import { layoutSequence, sizes, type DrawnStep } from './sequence-layout.ts';
import { headPath, linePath } from './sequence-text.ts';
import styles from './sequence.module.css';

interface SequenceDrawingProps {
  readonly sequence: PacketSequence;
  readonly title: string;
  /** A step that was recorded leads to its packet. */
  readonly onSelect: (seq: number) => void;
}

/** Who sent what to whom, from top to bottom. */
export function SequenceDrawing({ sequence, title, onSelect }: SequenceDrawingProps): ReactElement {
  const { width, height, participants, steps } = useMemo(() => layoutSequence(sequence), [sequence]);
  return (
    <div className={styles.drawing}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="group" aria-label={`Sequence: ${title}`} className={styles.svg}>
        {participants.map(({ x, name, title: whole, isBroker }) => (
          <g key={x}>
            <title>{whole}</title>
            <line x1={x} y1={36} x2={x} y2={height - 8} className={styles.life} data-broker={isBroker || undefined} />
            <rect
              x={x - sizes.box.width / 2}
              y={8}
              width={sizes.box.width}
              height={sizes.box.height}
              rx={5}
              className={styles.box}
              data-broker={isBroker || undefined}
            />
            <text x={x} y={26} textAnchor="middle" className={styles.name}>
              {name}
            </text>
          </g>
        ))}
        {steps.map((drawn, at) => (
          // A step has no name of its own, and none changes its place.
          // oxlint-disable-next-line react/no-array-index-key
          <Step key={at} drawn={drawn} width={width} onSelect={onSelect} />
        ))}
      </svg>
    </div>
  );
}

function Step({ drawn, width, onSelect }: { readonly drawn: DrawnStep; readonly width: number; readonly onSelect: (seq: number) => void }): ReactElement {
  const { step, y, from, to, shape, dashed, text, time, sentence } = drawn;
  const { seq } = step;
  const way =
    seq === null
      ? { role: 'img' }
      : {
          role: 'button',
          tabIndex: 0,
          onClick: () => onSelect(seq),
          onKeyDown: (event: KeyboardEvent) => {
            if (event.key !== 'Enter' && event.key !== ' ') return;
            event.preventDefault();
            onSelect(seq);
          },
        };
  // What is drawn is cut to its place; who reads or points gets the whole sentence.
  return (
    <g className={styles.step} data-kind={step.problem === null ? step.kind : 'lost'} data-recorded={seq !== null || undefined}>
      <g aria-hidden>
        <text x={8} y={y + 4} className={styles.time}>
          {time}
        </text>
        <path d={linePath({ from, to, y, shape })} className={styles.line} data-dashed={dashed || undefined} />
        <path d={headPath({ from, to, y, shape })} className={styles.arrow} data-open={shape === 'lost' || undefined} />
        <text x={shape === 'self' ? from + 8 : (from + to) / 2} y={y - 6} textAnchor={shape === 'self' ? 'start' : 'middle'} className={styles.text}>
          {text}
        </text>
      </g>
      <rect {...way} x={0} y={y - 24} width={width} height={sizes.row} aria-label={sentence} className={styles.band}>
        <title>{sentence}</title>
      </rect>
    </g>
  );
}
