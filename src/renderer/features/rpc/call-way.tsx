import type { ReactElement } from 'react';
import type { CallTimeline, TimelineStep } from '../../../shared/contract/rpc-timeline.ts';
import { plural } from '../common/index.ts';
import { formatMs } from './rpc-words.ts';
import { stepNote, timelineBars, timelineName } from './timeline-words.ts';
import styles from './call-way.module.css';

/** The way of a call through the local broker, drawn to scale: each bar is the time since the step before. A table, so that it can be read as well. */
export function CallWay({ timeline }: { readonly timeline: CallTimeline }): ReactElement {
  const { steps, omitted } = timeline;
  const bars = timelineBars(steps);
  return (
    <div className={styles.way}>
      <table className={styles.table} aria-label="Way of the call">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" className={styles.barColumn}>
              <span className="visually-hidden">Drawn to scale</span>
            </th>
            <th scope="col" className={styles.number} title="Since the step before">
              Gap
            </th>
            <th scope="col" className={styles.number} title="Since the first step">
              At
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => (
            // The same step may come twice, and none changes its place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={`${index} ${step.kind}`} data-side={sideOf(step)}>
              <th scope="row" className={styles.step}>
                <StepName step={step} />
              </th>
              <td className={styles.barColumn} aria-hidden>
                <span className={styles.track}>
                  <span className={styles.bar} style={bars[index]?.gap} />
                  {bars[index]?.acknowledged && <span className={styles.acknowledged} style={bars[index].acknowledged} />}
                </span>
              </td>
              <td className={styles.number}>{index === 0 ? '' : formatMs(step.gapMs)}</td>
              <td className={styles.number}>{index === 0 ? '0' : formatMs(step.atMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {omitted > 0 && <p className={styles.note}>{plural(omitted, 'further delivery', 'further deliveries')} not shown.</p>}
    </div>
  );
}

function StepName({ step }: { readonly step: TimelineStep }): ReactElement {
  const { what, who } = timelineName(step);
  const note = stepNote(step);
  return (
    <>
      {what} {who !== null && <code data-selectable>{who}</code>}
      {note !== null && <span className={styles.stepNote}>{note}</span>}
    </>
  );
}

/** What a colour says once more: the caller here, the broker, the peer's answer, or that something went wrong. */
function sideOf({ kind }: TimelineStep): string {
  if (kind.endsWith('not-delivered')) return 'lost';
  if (kind === 'received') return 'end';
  return kind.startsWith('answer') ? 'answer' : 'request';
}
