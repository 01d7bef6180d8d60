import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { BrokerPoint } from '../../../../shared/contract/broker-metrics.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Toolbar } from '../../../ui/toolbar.tsx';
import { formatTime, useBrokerStatus, useFirst, useMedia } from '../../common/index.ts';
import { StartBrokerButton } from '../../broker/index.ts';
import styles from './charts.module.css';
import { Chart } from './chart.tsx';
import { charts, hasValues } from './chart-data.ts';
import { useSeries } from './series-model.ts';

type Span = '60' | '300' | '600';
type Form = 'charts' | 'table';

const spans = [
  { value: '60', label: '1 min' },
  { value: '300', label: '5 min' },
  { value: '600', label: '10 min' },
] as const;
const forms = [
  { value: 'charts', label: 'Charts' },
  { value: 'table', label: 'Table' },
] as const;

/** What the broker has done in the last minutes, second by second, also before this was opened. */
export function Charts(): ReactElement {
  const model = useSeries();
  const [span, setSpan] = useState<Span>('300');
  const [form, setForm] = useState<Form>('charts');
  const theme = useTheme();
  const status = useBrokerStatus();
  const all = model?.points;
  const newestMs = all?.at(-1)?.timeMs ?? 0;
  const points = useMemo(() => (all ?? []).filter(({ timeMs }) => timeMs >= newestMs - Number(span) * 1000), [all, newestMs, span]);
  if (!model?.isReady) return <Loading label="Loading the charts" />;
  if (points.length === 0) {
    return status?.phase === 'running' ? (
      <EmptyState compact title="Nothing is measured yet" text="The first point comes a second after the start of the broker." />
    ) : (
      <EmptyState
        title="The broker does not run"
        text="What it does is shown here second by second while it runs, and ten minutes after."
        actions={<StartBrokerButton />}
      />
    );
  }
  const shown = charts.filter((chart) => hasValues(points, chart) || chart.id === 'acknowledged' || chart.id === 'written');
  return (
    <section className={styles['view']} aria-label="Charts">
      <Toolbar label="Charts" end={<SegmentedControl label="Show as" size="small" value={form} onChange={setForm} segments={forms} />}>
        <SegmentedControl label="Time" size="small" value={span} onChange={setSpan} segments={spans} />
        {status?.engine === 'aedes' && <span className={styles['note']}>The engine aedes does not count what it sends, queues and drops.</span>}
      </Toolbar>
      <div className={styles['scroller']} role="group" aria-label="Numbers of the broker" tabIndex={0}>
        {form === 'table' ? (
          <PointTable points={points} />
        ) : (
          <div className={styles['grid']}>
            {shown.map((spec) =>
              hasValues(points, spec) ? (
                <Chart key={spec.id} spec={spec} points={points} spanSeconds={Number(span)} theme={theme} />
              ) : (
                <section key={spec.id} className={styles['card']} aria-label={spec.title}>
                  <header className={styles['head']}>
                    <h2 className={styles['title']}>{spec.title}</h2>
                  </header>
                  <p className={styles['note']}>Nothing was measured. {spec.hint}</p>
                </section>
              ),
            )}
          </div>
        )}
      </div>
    </section>
  );
}

/** The same numbers to be read and copied, newest first. */
function PointTable({ points }: { readonly points: readonly BrokerPoint[] }): ReactElement {
  const newestFirst = useMemo(() => points.toReversed(), [points]);
  const { shown, more } = useFirst(newestFirst, 60);
  const lines = charts.flatMap((spec) => spec.lines.map((line) => ({ ...line, spec })));
  return (
    <>
      <table className={styles['table']}>
        <caption className="visually-hidden">Numbers of the broker for each second, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ value, label, spec }) => (
              <th key={value} scope="col">
                {spec.title}
                {spec.lines.length > 1 && `, ${label}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((point) => (
            <tr key={point.timeMs}>
              <th scope="row">{formatTime(point.timeMs * 1000).slice(0, 8)}</th>
              {lines.map(({ value, spec }) => {
                const number = point[value];
                return <td key={value}>{number === null ? '–' : spec.format(number)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}

/** Changes with everything that changes colours. */
function useTheme(): string {
  const dark = useMedia('(prefers-color-scheme: dark)');
  const [chosen, setChosen] = useState(() => document.documentElement.dataset['theme'] ?? '');
  useEffect(() => {
    const observer = new MutationObserver(() => setChosen(document.documentElement.dataset['theme'] ?? ''));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return `${chosen} ${dark ? 'dark' : 'light'}`;
}
