import type { ReactElement } from 'react';
import type { PacketSequence } from '../../../../shared/contract/packets.ts';
import { formatDateTime } from '../../common/index.ts';
import { deltaText } from './packet-words.ts';
import styles from './sequence.module.css';

/** The same as a table, to be read line by line. */
export function SequenceSteps({ sequence, onSelect }: { readonly sequence: PacketSequence; readonly onSelect: (seq: number) => void }): ReactElement {
  const { participants, steps } = sequence;
  const nameOf = (id: string): string => participants.find((one) => one.id === id)?.name ?? '';
  const firstUs = steps[0]?.timeUs ?? 0;
  return (
    <div className={styles.steps}>
      <table className={styles.table} aria-label="Steps of the sequence">
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">What</th>
            <th scope="col">About</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ timeUs, from, to, name, words, seq, kind }, at) => (
            // The same step may come twice, and none changes its place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={at} data-kind={kind}>
              <td title={formatDateTime(timeUs)}>{at === 0 ? '0' : `+${deltaText(timeUs - firstUs)}`}</td>
              <td>{nameOf(from)}</td>
              <td>{from === to ? '' : nameOf(to)}</td>
              <th scope="row">
                {seq === null ? (
                  name
                ) : (
                  <button type="button" className={styles.link} onClick={() => onSelect(seq)}>
                    {name}
                  </button>
                )}
              </th>
              <td className={styles.about}>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
